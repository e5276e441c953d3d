"""Demand issues: gaps to the AOP, big changes, missing reasons, large deals, biased forecasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.review.exceptions import Issue
from sop_xl.planning.wording import count, month, months, number, percent
from sop_xl.schema import ALL_FAMILIES
from sop_xl.tables.settings import Settings

UNCERTAIN = (0.2, 0.8)
"""Deals between these chances can go either way."""
TRACKING_LIMIT = 4.0
"""Tracking signal beyond which a forecast is biased: sum of errors / mean absolute error."""
TRACKED = 4
"""Fewer months than this say nothing about bias."""
ADJUSTMENTS = ["sales_adjustment", "marketing_adjustment", "finance_adjustment"]


def aop_gaps(
    axis: Axis, settings: Settings, demand_total: pd.DataFrame, prices: Mapping[str, float]
) -> Iterator[Issue]:
    """Families whose consensus differs from the AOP by more than the tolerance."""
    plan = demand_total[
        demand_total["period"].isin(axis.plan)
        & (demand_total["family"] != ALL_FAMILIES)
        & (demand_total["aop"] > 0)
    ]
    for name, rows in plan.groupby("family"):
        family, budget = str(name), float(rows["aop"].sum())
        gap = float(rows["consensus"].sum()) - budget
        if abs(gap) <= settings.tolerance * budget:
            continue
        first, value = rows["period"].min(), abs(gap) * prices.get(family, 0.0)
        side = "below" if gap < 0 else "above"
        yield Issue(
            exception=f"Demand {side} AOP: {family}",
            area="demand",
            subject=family,
            period=first,
            message=(
                f"Consensus demand of {family} is {number(abs(gap), settings.base_unit)} "
                f"({percent(abs(gap) / budget)}) {side} the AOP in "
                f"{months(first, rows['period'].max())}: revenue of "
                f"{number(value, settings.currency)}."
            ),
            size=gap,
            size_unit=settings.base_unit,
            value=value,
            option=(
                "Close the gap with events or pipeline, or take the lower outlook into finance."
                if gap < 0
                else "Check that supply and capacity carry it; adjust sales priorities if not."
            ),
            sheet="Demand_Plan",
        )

EXACT = 1e-6
"""Units below which months that rose and fell make no change in all."""


def big_changes(
    axis: Axis, settings: Settings, demand_plan: pd.DataFrame, prices: Mapping[str, float]
) -> Iterator[Issue]:
    """Families that changed since the last cycle more than the target of demand volatility."""
    plan = demand_plan[demand_plan["period"].isin(axis.plan) & demand_plan["change"].notna()]
    monthly = plan.groupby(["family", "period"], as_index=False)[["change", "last_cycle"]].sum()
    for name, rows in monthly.groupby("family"):
        family, before = str(name), float(rows["last_cycle"].sum())
        moved, net = float(rows["change"].abs().sum()), float(rows["change"].sum())
        if before <= 0 or moved <= settings.target_demand_volatility * before:
            continue
        first, value = rows["period"].min(), moved * prices.get(family, 0.0)
        yield Issue(
            exception=f"Changed since last cycle: {family}",
            area="process",
            subject=family,
            period=first,
            message=(
                f"The demand plan of {family} went "
                f"{_up_and_down(rows['change'], settings.base_unit)}, since the last cycle: "
                f"{percent(moved / before)} of it, revenue of {number(value, settings.currency)}."
            ),
            size=net,
            size_unit=settings.base_unit,
            value=value,
            option="Confirm the cause with sales; change timing assumptions where it only moved.",
            sheet="Demand_Plan",
        )


def _up_and_down(changes: pd.Series, unit: str) -> str:
    """By how much months rose and fell, and what that makes in all.

    >>> _up_and_down(pd.Series([30.0, -10.0]), "pcs")
    'up by 30 and down by 10 pcs, in all up by 20'
    >>> _up_and_down(pd.Series([-5.0, -10.0]), "pcs")
    'down by 15 pcs'
    >>> _up_and_down(pd.Series([20.0, -20.0]), "pcs")
    'up by 20 and down by 20 pcs, in all unchanged'
    """
    up, down = (float(changes.clip(*ends).abs().sum()) for ends in ((0, None), (None, 0)))
    parts = [f"{way} by {number(much)}" for way, much in (("up", up), ("down", down)) if much]
    text = f"{' and '.join(parts)} {unit}"
    if len(parts) < 2:
        return text
    net = float(changes.sum())
    if abs(net) < EXACT:
        return f"{text}, in all unchanged"
    return f"{text}, in all {'up' if net > 0 else 'down'} by {number(abs(net))}"


def unexplained_changes(
    axis: Axis, settings: Settings, demand_plan: pd.DataFrame, prices: Mapping[str, float]
) -> Iterator[Issue]:
    """Families with numbers that people changed and gave no reason for."""
    plan = demand_plan[demand_plan["period"].isin(axis.plan) & (demand_plan["unexplained"] > 0)]
    layers = plan[["baseline", "pipeline", "events", "lifecycle"]].sum(axis=1)
    fixed = (plan["fixed"] - layers).abs()
    plan = plan.assign(moved=fixed.fillna(plan[ADJUSTMENTS].abs().sum(axis=1)))
    for name, rows in plan.groupby("family"):
        family, moved = str(name), float(rows["moved"].sum())
        value = moved * prices.get(family, 0.0)
        yield Issue(
            exception=f"No reason given: {family}",
            area="process",
            subject=family,
            period=rows["period"].min(),
            message=(
                f"{count(len(rows), 'change')} of the demand plan of {family}, "
                f"{number(moved, settings.base_unit)} in all, without a reason: revenue of "
                f"{number(value, settings.currency)}."
            ),
            size=float(len(rows)),
            size_unit="changes",
            value=value,
            option="Choose a reason for each change, or take it back.",
            sheet="Demand_Plan",
        )


def large_deals(axis: Axis, settings: Settings, pipeline: pd.DataFrame) -> Iterator[Issue]:
    """Open deals of the plan that are large and can go either way."""
    low, high = UNCERTAIN
    deals = pipeline[
        pipeline["included"]
        & ~pipeline["stage"].isin(["won", "lost"])
        & (pipeline["value"] >= settings.large_deal)
        & pipeline["probability"].between(low, high)
        & pipeline["close_period"].isin(axis.plan)
    ]
    for deal in deals.to_dict("records"):
        who = " ".join(part for part in (deal["opportunity"], deal["account"]) if part)
        yield Issue(
            exception=f"Large deal: {deal['opportunity']}",
            area="demand",
            subject=deal["family"],
            period=deal["close_period"],
            message=(
                f"{who}: {number(deal['value'], settings.currency)} with a chance of "
                f"{percent(deal['probability'])} in {month(deal['close_period'])}; the plan holds "
                f"{number(deal['weighted_quantity'])} of its "
                f"{number(deal['quantity'], settings.base_unit)}."
            ),
            size=float(deal["quantity"]),
            size_unit=settings.base_unit,
            value=float(deal["value"]),
            option="Decide whether to plan with it or without it; set Included.",
            sheet="Data_Pipeline",
        )


def biased_forecasts(
    axis: Axis,
    settings: Settings,
    past_plans: pd.DataFrame,
    history: pd.DataFrame,
    prices: Mapping[str, float],
) -> Iterator[Issue]:
    """Families whose forecasts of the last twelve months err to one side.

    Error = forecast - actual, at the lag of the settings; tracking signal = sum of errors / mean
    absolute error.
    """
    level = list(settings.level)
    snapshots = past_plans[
        past_plans["period"].isin(axis.last_year)
        & (past_plans["cycle"] == past_plans["period"] - settings.forecast_lag)
    ]
    keys = [*level, "period"]
    forecast = snapshots.groupby(keys, as_index=False)["consensus"].sum()
    both = forecast.merge(history[[*keys, "orders"]], on=keys, how="inner")
    monthly = both.groupby(["family", "period"], as_index=False)[["consensus", "orders"]].sum()
    monthly["error"] = monthly["consensus"] - monthly["orders"]
    for name, rows in monthly.groupby("family"):
        errors, family = rows["error"].to_numpy(dtype=float), str(name)
        mean = float(np.abs(errors).mean())
        if len(errors) < TRACKED or mean == 0 or abs(errors.sum() / mean) <= TRACKING_LIMIT:
            continue
        total, side = float(errors.sum()), "high" if errors.sum() > 0 else "low"
        value = abs(total) * prices.get(family, 0.0)
        yield Issue(
            exception=f"Forecast too {side}: {family}",
            area="process",
            subject=family,
            period=rows["period"].min(),
            message=(
                f"Forecasts of {family} were {number(abs(total), settings.base_unit)} too {side} "
                f"over {count(len(errors), 'month')} (tracking signal {total / mean:+.1f}): "
                f"revenue of {number(value, settings.currency)}."
            ),
            size=total,
            size_unit=settings.base_unit,
            value=value,
            option="Look at the adjustments of this family and correct the next ones.",
            sheet="KPIs",
        )


def doubtful_forecasts(
    axis: Axis, settings: Settings, forecast_doubts: pd.DataFrame, prices: Mapping[str, float]
) -> Iterator[Issue]:
    """Forecasts that the backtest speaks against, and rows of lists that cannot be followed."""
    for row in forecast_doubts.to_dict("records"):
        of_a_list = np.isnan(row["units"])
        yield Issue(
            exception=row["exception"],
            area="data" if of_a_list else "demand",
            subject=row["family"],
            period=axis.first,
            message=row["message"],
            size=row["units"],
            size_unit="" if of_a_list else settings.base_unit,
            value=row["units"] * prices.get(row["family"], 0.0),
            option=row["option"],
            sheet=row["sheet"],
        )
