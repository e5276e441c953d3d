"""The figures behind the deck: of the chosen family or resource, and of the fiscal year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, across, blocks, matrix, ratio, totals, zero
from sop_xl.schema import ALL_FAMILIES, Grid
from sop_xl.tables.executive import (
    CAPACITY_VIEW,
    DEMAND_SUMMARY,
    DEMAND_VIEW,
    FINANCE_LINES_SHOWN,
    FINANCE_SUMMARY,
    FINANCE_VIEW,
    SUPPLY_SUMMARY,
    SUPPLY_VIEW,
    WHAT_IF_LOAD_VIEW,
    WHAT_IF_VIEW,
)
from sop_xl.tables.finance import ABOVE, BELOW, FINANCE_TOTAL, LESS_COST, MORE_COST, WITHIN
from sop_xl.tables.forecast import FORECAST_VIEW, ORIGINS
from sop_xl.tables.stock import STOCK_VIEW
from sop_xl.tables.supply import RESOURCE_VIEW, SHORT_HOURS

_TESTS = [f"backtest_{at}" for at in range(1, ORIGINS + 1)]


def most_loaded(capacity: pd.DataFrame, axis: Axis) -> str:
    """The resource with the highest load for its hours over the plan; empty without resources."""
    names = resources_of(capacity)
    if not names:
        return ""
    load, available = (
        totals(capacity, name, "resource", names, axis.plan).sum(axis=1)
        for name in ("load", "available")
    )
    # a resource without hours is the tightest of all, if anything is planned on it
    share = np.where(available > 0, load / np.where(available > 0, available, 1.0), load)
    return names[int(np.argmax(share))]


def resources_of(capacity: pd.DataFrame) -> list[str]:
    return [str(name) for name in capacity["resource"].drop_duplicates()]


def demand_view(axis: Axis, demand_total: pd.DataFrame, family: str) -> pd.DataFrame:
    """The grid ``demand_view``; the range begins where the history ends."""
    cells = _shown(axis, DEMAND_VIEW, demand_total, "family", family)
    past = slice(None, axis.history)
    for name in ("low", "high"):
        cells[name][:, past] = cells["actual"][:, past]
    cells["band"] = cells["high"] - cells["low"]
    return blocks(DEMAND_VIEW, [""], axis, cells)


def supply_view(axis: Axis, supply_plan: pd.DataFrame) -> pd.DataFrame:
    """The grid ``supply_view`` of all families together."""
    everything = supply_plan.assign(family=ALL_FAMILIES)
    cells = _shown(axis, SUPPLY_VIEW, everything, "family", ALL_FAMILIES)
    return blocks(SUPPLY_VIEW, [""], axis, cells)


def stock_view(axis: Axis, inventory: pd.DataFrame) -> pd.DataFrame:
    """The grid ``stock_view`` of all families together."""
    everything = inventory.assign(family=ALL_FAMILIES)
    cells = _shown(axis, STOCK_VIEW, everything, "family", ALL_FAMILIES)
    return blocks(STOCK_VIEW, [""], axis, cells)


def capacity_view(axis: Axis, capacity: pd.DataFrame, resource: str) -> pd.DataFrame:
    """The grid ``capacity_view`` of one resource."""
    cells = _shown(axis, CAPACITY_VIEW, capacity, "resource", resource)
    return blocks(CAPACITY_VIEW, [""], axis, cells)


def resource_view(axis: Axis, capacity: pd.DataFrame, resource: str) -> pd.DataFrame:
    """The grid ``resource_view`` of one resource."""
    cells = _shown(axis, RESOURCE_VIEW, capacity, "resource", resource)
    return blocks(RESOURCE_VIEW, [""], axis, cells)


def finance_view(finance_total: pd.DataFrame) -> pd.DataFrame:
    """The grid ``finance_view``: the lines of the profit and loss account that the chart shows."""
    return finance_total[["period", *FINANCE_VIEW.names]].reset_index(drop=True)


def what_if_view(axis: Axis, demand_total: pd.DataFrame, family: str) -> pd.DataFrame:
    """The grid ``what_if_view`` before anything is tried: it shows the plan."""
    cells = _shown(axis, WHAT_IF_VIEW, demand_total, "family", family)
    past = slice(None, axis.history)
    cells["forecast"] = cells["baseline"].copy()
    for name, shown in (("forecast_low", "low"), ("forecast_high", "high")):
        cells[name] = cells[shown].copy()
        cells[name][:, past] = cells["actual"][:, past]
    cells["band"] = cells["forecast_high"] - cells["forecast_low"]
    cells["difference"] = cells["forecast"] - cells["baseline"]
    return blocks(WHAT_IF_VIEW, [""], axis, cells)


def largest_block(demand_plan: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The keys of the block with the highest demand in the past shown: one row, or none."""
    sums = demand_plan.groupby(keys)["actual"].sum().reset_index()
    order = np.argsort(-sums["actual"].to_numpy(dtype=float), kind="stable")
    return sums[keys].iloc[order[:1]]


def forecast_view(
    axis: Axis, demand_plan: pd.DataFrame, forecast_detail: pd.DataFrame, block: pd.DataFrame
) -> pd.DataFrame:
    """The grid ``forecast_view`` of one block.

    Args:
        axis: The cycle.
        demand_plan: The grid.
        forecast_detail: The grid.
        block: The keys of the block, one row; no row where there is none.
    """
    cells: dict[str, Numbers] = {}
    for source in (demand_plan, forecast_detail):
        own = source.merge(block, on=list(block.columns)).assign(all="")
        cells |= _shown(axis, FORECAST_VIEW, own, "all", "")
    past, tested = slice(None, axis.history), forecast_detail[["period", *_TESTS]]
    months = tested.set_index("period").notna().groupby(level=0).any().reindex(axis.periods)
    for name in _TESTS:  # a month that no block was tested in stays empty
        cells[name] = np.where(months[name].fillna(False).to_numpy(dtype=bool), cells[name], np.nan)
    for name in ("low", "high"):
        cells[name][:, past] = cells["actual"][:, past]
    cells["band"] = cells["high"] - cells["low"]
    cells["followed"] = cells["baseline"] + cells["lifecycle"]
    return blocks(FORECAST_VIEW, [""], axis, cells)


def what_if_load_view(axis: Axis, capacity: pd.DataFrame, resource: str) -> pd.DataFrame:
    """The grid ``what_if_load_view`` before anything is tried: it shows the plan."""
    cells = _shown(axis, WHAT_IF_LOAD_VIEW, capacity, "resource", resource)
    cells["gap"] = cells["available"] - cells["load"]
    cells["what_if_gap"] = cells["gap"].copy()
    return blocks(WHAT_IF_LOAD_VIEW, [""], axis, cells)


def _shown(
    axis: Axis, view: Grid, source: pd.DataFrame, key: str, choice: str
) -> dict[str, Numbers]:
    """The measures of a view that its source has, in the periods in which the view shows them."""
    cells = {}
    for measure in view.measures:
        if measure.name in source.columns:
            past, plan = (
                totals(source, measure.name, key, [choice], periods) if formula else None
                for formula, periods in ((measure.past, axis.past), (measure.plan, axis.plan))
            )
            cells[measure.name] = across(axis, past, plan)
    return cells


def demand_summary(axis: Axis, demand_total: pd.DataFrame) -> pd.DataFrame:
    """The table ``demand_summary``: outlook of the fiscal year against the AOP."""
    names = [str(name) for name in demand_total["family"].drop_duplicates()]
    cells = {
        name: matrix(demand_total, name, "family", names, axis.periods)
        for name in ("actual", "consensus", "aop")
    }
    year, after = _years(axis)
    actual, plan, aop = (_sum(cells[name], year) for name in ("actual", "consensus", "aop"))
    gap = np.where(aop == 0, np.nan, actual + plan - aop)
    return pd.DataFrame(
        {
            "family": pd.Series(names, dtype="str"),
            "actual": actual,
            "plan": plan,
            "outlook": actual + plan,
            "aop": aop,
            "gap": gap,
            "gap_share": ratio(gap, aop),
            "next_plan": _sum(cells["consensus"], after),
        }
    )[DEMAND_SUMMARY.names]


def supply_summary(axis: Axis, capacity: pd.DataFrame, constraints: pd.DataFrame) -> pd.DataFrame:
    """The table ``supply_summary``: load against hours of each resource over the plan.

    The order is that of the register of constraints: most margin late or lost first, then most
    hours short.

    Args:
        axis: The cycle.
        capacity: The grid.
        constraints: The register, for the money.
    """
    names = resources_of(capacity)
    load, available, gap, utilisation = (
        totals(capacity, name, "resource", names, axis.plan)
        for name in ("load", "available", "gap", "utilisation")
    )
    hours = available.sum(axis=1)
    margin = constraints.groupby("subject")["margin"].sum().reindex(names).fillna(0.0)
    found = pd.DataFrame(
        {
            "resource": pd.Series(names, dtype="str"),
            "load": load.sum(axis=1),
            "available": hours,
            "utilisation": ratio(load.sum(axis=1), np.maximum(hours, 0.0)),
            "peak": utilisation.max(axis=1),
            "short_months": (gap < -SHORT_HOURS).sum(axis=1).astype(float),
            "short_hours": np.minimum(gap, 0.0).sum(axis=1),
            "margin": margin.to_numpy(dtype=float),
        }
    )
    order = ["margin", "short_hours", "resource"]
    found = found.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return found[SUPPLY_SUMMARY.names]


_LIKE = ("compared_revenue", "compared_margin", "compared_cost", "compared_profit")
"""The lines of the summary as they are compared with the AOP."""


def finance_summary(
    axis: Axis, finance_total: pd.DataFrame, recon_lines: pd.DataFrame
) -> pd.DataFrame:
    """The table ``finance_summary``: profit and loss of the fiscal year against the AOP.

    A variance is outlook - AOP on every line, of the months whose AOP holds the line, of the
    margin also of the families only; the verdict says whether it is favourable.
    """
    year, after = _years(axis)

    def total(measure: str, periods: npt.NDArray[np.bool_]) -> float:
        shown = finance_total["period"].isin(axis.periods[periods])
        return float(finance_total.loc[shown, measure].sum())

    outlook = np.array([total(name, year) for name in FINANCE_LINES_SHOWN])
    aop = np.array([total(f"aop_{name}", year) for name in FINANCE_LINES_SHOWN])
    like = np.array([total(name, year) for name in _LIKE])
    variance = np.where(aop == 0, np.nan, like - aop)
    labels = [FINANCE_TOTAL[name].label for name in FINANCE_LINES_SHOWN]
    tolerance = recon_lines.set_index("line")["tolerance_used"].reindex(labels).fillna(0.0)
    return pd.DataFrame(
        {
            "line": pd.Series(labels),
            "outlook": outlook,
            "aop": aop,
            "variance": variance,
            "variance_share": ratio(variance, aop),
            "verdict": _verdicts(
                variance, ratio(variance, aop), tolerance.to_numpy(dtype=float)
            ),
            "next_outlook": [total(name, after) for name in FINANCE_LINES_SHOWN],
        }
    ).astype({"line": "str", "verdict": "str"})[FINANCE_SUMMARY.names]


def _verdicts(variance: Numbers, share: Numbers, tolerance: Numbers) -> list[str]:
    """Whether each line is close to the AOP, and if not, on the good side; less cost is good.

    The variance says which side it is: the AOP, and its share with it, may be negative.
    """
    is_cost = np.array(FINANCE_LINES_SHOWN) == "operating_cost"
    more = np.where(is_cost, MORE_COST, ABOVE)
    less = np.where(is_cost, LESS_COST, BELOW)
    outside = np.where(variance > 0, more, less)
    found = np.where(np.abs(share) <= tolerance, WITHIN, outside)
    return [str(word) for word in np.where(np.isnan(share), "", found)]


def _years(axis: Axis) -> Sequence[npt.NDArray[np.bool_]]:
    """The periods shown of the fiscal year in which the plan starts, and of the one after."""
    years = axis.calendar.fiscal_year(axis.periods)
    this = years[axis.history]
    return years == this, years == this + 1


def _sum(numbers: Numbers, periods: npt.NDArray[np.bool_]) -> Numbers:
    total: Numbers = zero(numbers[:, periods]).sum(axis=1)
    return total
