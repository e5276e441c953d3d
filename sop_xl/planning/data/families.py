"""What the history says of each family: price, cost, value and class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import frames, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.data import classes
from sop_xl.tables import data
from sop_xl.tables.materials import PIECES
from sop_xl.tables.settings import BUSINESS_TYPES, Settings

PLAN_RULES = (
    *("material_cost", "batch_size", "maximum_stock", "subcontract_cost", "subcontract_limit"),
    *("backorder_cost", "lost_sale_cost"),
)
"""What a family may say to the aggregate plans; blank where it says nothing."""
STOCK_NUMBERS = ("service_level", "lead_time", "lead_time_sigma", "review", "lot")
"""What a family may say of its safety and cycle stock."""


def valued(facts: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Actuals with ``value`` and ``expense`` and the quantities they are for.

    Revenue and cost of sales go with the quantity shipped. Where they were not delivered, the
    demand is valued at price and cost of the item master.
    """
    master = items.set_index("item")
    columns = {}
    for booked, rate, amount in (
        ("revenue", "price", "value"),
        ("cost_of_sales", "cost", "expense"),
    ):
        known = facts[booked].notna()
        shipped = facts["shipments"].where(known & facts["shipments"].notna(), facts["demand"])
        at_master = facts["demand"] * facts["item"].map(master[rate]).astype(float)
        columns[amount] = facts[booked].where(known, at_master)
        columns[f"{amount}_quantity"] = shipped.where(columns[amount].notna())
    return facts.assign(**columns)


def planned(tables: list[pd.DataFrame], families: pd.Series) -> pd.Index:
    """The families that are planned: those of the item master that occur in any of the tables."""
    known = hierarchy.planned_names(families)
    names = pd.concat([table["family"].drop_duplicates() for table in tables])
    spelled = hierarchy.spell(names, known)
    return known[known.isin(spelled)]


def summary(
    facts: pd.DataFrame,
    items: pd.DataFrame,
    parameters: pd.DataFrame,
    names: pd.Index,
    families: pd.Series,
    axis: Axis,
    settings: Settings,
    plans: pd.DataFrame,
) -> pd.DataFrame:
    """One row per planned family with parameters, averages of twelve months and classes."""
    year = facts[facts["period"].isin(axis.last_year)]
    by_family = year.groupby("family")
    quantity = by_family["demand"].sum().reindex(names, fill_value=0.0)
    sold = year[year["demand"] != 0].groupby("family")["item"].nunique()
    price = _rate(year, "value", items, "price", families).reindex(names)
    cost = _rate(year, "expense", items, "cost", families).reindex(names)
    value = quantity * price.fillna(0.0)
    cv = pd.Series(_variability(facts, names), index=names)
    frame = pd.DataFrame(
        {
            "items": sold.reindex(names, fill_value=0).astype(float),
            "price": price,
            "cost": cost,
            **_parts(year, items, names, families),
            "annual_quantity": quantity,
            "annual_value": value,
            "abc": classes.abc(value),
            "xyz": classes.xyz(cv),
            "cv": cv,
            "item_cv": _item_variability(facts, quantity_of(year), families).reindex(names),
        },
        index=names,
    )
    own = _parameters(parameters, names, settings)
    frame["item_lead_time"] = _lead_time(year, items, families).reindex(names)
    frame["lead_time_used"] = (
        own["lead_time"].fillna(frame["item_lead_time"]).fillna(settings.lead_time_days)
    )
    frame["error_cv"] = forecast_errors(facts, plans, names, axis, settings)
    return own.join(frame).rename_axis("family").reset_index()[data.FAMILIES.names]


def _rate(
    year: pd.DataFrame, amount: str, items: pd.DataFrame, rate: str, families: pd.Series
) -> pd.Series:
    """Amount per unit over the year; where nothing was sold, the mean of the item master."""
    totals = year.groupby("family")[[amount, f"{amount}_quantity"]].sum()
    sold = totals[totals[f"{amount}_quantity"] > 0]
    average = items[rate].groupby(items["item"].map(families)).mean()
    return (sold[amount] / sold[f"{amount}_quantity"]).combine_first(average)


def quantity_of(year: pd.DataFrame) -> pd.Series:
    """Quantity of the last twelve months by item, not below zero."""
    return year.groupby("item")["demand"].sum().clip(lower=0.0)


def _item_variability(facts: pd.DataFrame, sold: pd.Series, families: pd.Series) -> pd.Series:
    """Sum of the deviations of the items over the sum of their demand, by family.

    Items do not stand in for each other: safety stocks add up, so the CV of the family, in which
    their ups and downs cancel out, would be too small.
    """
    items = sold[sold > 0].index
    cv = pd.Series(_variability(facts, items, "item"), index=items).dropna()
    weight = sold[cv.index]
    of = families.reindex(cv.index)
    return (cv * weight).groupby(of).sum() / weight.groupby(of).sum()


def _lead_time(year: pd.DataFrame, items: pd.DataFrame, families: pd.Series) -> pd.Series:
    """Lead time of a family: the mean of its items, by what was sold; alike where nothing was."""
    known = items.loc[items["lead_time"].notna(), ["item", "lead_time"]]
    sold = quantity_of(year)
    rows = known.assign(
        family=known["item"].map(families),
        sold=known["item"].map(sold).astype(float).fillna(0.0),
    )
    rows["days"] = rows["lead_time"] * rows["sold"]
    sums = rows.groupby("family")[["days", "sold"]].sum()
    weighted = (sums["days"] / sums["sold"].where(sums["sold"] > 0)).astype(float)
    return weighted.combine_first(rows.groupby("family")["lead_time"].mean())


def forecast_errors(
    facts: pd.DataFrame,
    plans: pd.DataFrame,
    names: pd.Index,
    axis: Axis,
    settings: Settings,
) -> np.ndarray:
    """What forecasts missed, as a share of the demand: root of the mean square of forecast - actual
    over the mean actual, of the plans that were made at the lag of the settings.

    NaN for a family of which no such plan is known. It takes the place of the coefficient of
    variation in the safety stock (Chopra and Meindl, Supply Chain Management, chapter 12).
    """
    lag = plans["period"].array.asi8 - plans["cycle"].array.asi8 == settings.forecast_lag
    made = hierarchy.in_families(plans[lag], names)
    keys = list(names)
    forecast = frames.matrix(made, "consensus", "family", keys, axis.past)
    actual = frames.matrix(facts, "demand", "family", keys, axis.past)
    known = ~np.isnan(forecast) & axis.past.isin(hierarchy.delivered_months(facts))
    came = np.where(known, np.nan_to_num(actual), 0.0)
    squares = np.where(known, np.nan_to_num(forecast) - came, 0.0) ** 2
    months = known.sum(axis=1).astype(float)
    root = np.sqrt(frames.ratio(squares.sum(axis=1), months))
    mean = frames.ratio(came.sum(axis=1), months)
    sold = np.nan_to_num(mean) > 0
    return np.where(sold, root / np.where(sold, mean, 1.0), np.nan)


def _parts(
    year: pd.DataFrame, items: pd.DataFrame, names: pd.Index, families: pd.Series
) -> dict[str, pd.Series]:
    """Material and labour as shares of the cost, and CO2e of a unit, at the mix of the year.

    Where nothing was sold all items of the family count alike.
    """
    sold = quantity_of(year)
    master = items.set_index("item")
    family = families.reindex(master.index)
    weight = sold.reindex(master.index).astype(float).fillna(0.0)
    of_family = weight.groupby(family).transform("sum")
    weight = weight.where(of_family > 0, 1.0)

    def summed(column: str, by: pd.Series = weight) -> pd.Series:
        worth = by * master[column].fillna(0.0)
        return worth.groupby(family).sum().reindex(names, fill_value=0.0)

    cost = summed("cost")
    parts = {
        f"{part}_share": (summed(f"{part}_cost") / cost.where(cost > 0)).clip(0.0, 1.0).fillna(0.0)
        for part in ("material", "labour")
    }
    mean = summed("co2e") / weight.groupby(family).sum().reindex(names)
    return parts | {"co2e": mean.fillna(0.0)}


def _variability(facts: pd.DataFrame, names: pd.Index, key: str = "family") -> np.ndarray:
    months = hierarchy.delivered_months(facts)
    quantity = frames.matrix(facts, "demand", key, list(names), months)
    seen = hierarchy.started({"demand": quantity})
    return classes.coefficient_of_variation(np.where(seen, np.nan_to_num(quantity), np.nan))


def _parameters(parameters: pd.DataFrame, names: pd.Index, settings: Settings) -> pd.DataFrame:
    given = parameters.assign(family=hierarchy.spell(parameters["family"], names))
    given = given.drop_duplicates("family").set_index("family").reindex(names)
    return pd.DataFrame(
        {
            "policy": _or_default(given["policy"], ""),
            "strategy": _or_default(given["strategy"], ""),
            "target_days": given["target_days"],
            "priority": given["priority"],
            **{name: given[name] for name in PLAN_RULES},
            **{name: given[name] for name in STOCK_NUMBERS},
            "stock_method": _or_default(given["stock_method"], ""),
            "whole": _or_default(given["whole"], ""),
            "policy_used": _or_default(
                given["policy"], BUSINESS_TYPES[settings.business_type].policy
            ),
            "strategy_used": _or_default(given["strategy"], settings.strategy),
            "step": _steps(given, settings),
            "days_used": given["target_days"].fillna(settings.target_days),
            "method_used": _or_default(given["stock_method"], settings.stock_method),
            "service_used": given["service_level"].fillna(settings.service_level),
            "sigma_used": given["lead_time_sigma"].fillna(settings.lead_time_sigma),
            "review_used": given["review"].fillna(settings.review_days),
        },
        index=names,
    )


def _or_default(texts: pd.Series, default: str) -> pd.Series:
    return texts.fillna("").where(lambda text: text != "", default).astype("str")


def _steps(given: pd.DataFrame, settings: Settings) -> pd.Series:
    """In which steps each family is made: its batches, whole units, or 0 for any quantity."""
    pieces = settings.base_unit.lower() in PIECES
    whole = (given["whole"] == "yes") | ((given["whole"] != "no") & pieces)
    return given["batch_size"].where(given["batch_size"] > 0, whole.astype(float)).astype(float)
