"""What the history says of each family: price, cost, value and class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import frames, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.data import classes
from sop_xl.tables import data
from sop_xl.tables.settings import Settings

MAKE_TO_STOCK = "make to stock"


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
        },
        index=names,
    )
    own = _parameters(parameters, names, settings)
    return own.join(frame).rename_axis("family").reset_index()[data.FAMILIES.names]


def _rate(
    year: pd.DataFrame, amount: str, items: pd.DataFrame, rate: str, families: pd.Series
) -> pd.Series:
    """Amount per unit over the year; where nothing was sold, the mean of the item master."""
    totals = year.groupby("family")[[amount, f"{amount}_quantity"]].sum()
    sold = totals[totals[f"{amount}_quantity"] > 0]
    average = items[rate].groupby(items["item"].map(families)).mean()
    return (sold[amount] / sold[f"{amount}_quantity"]).combine_first(average)


def _parts(
    year: pd.DataFrame, items: pd.DataFrame, names: pd.Index, families: pd.Series
) -> dict[str, pd.Series]:
    """Material and labour as shares of the cost, and CO2e of a unit, at the mix of the year.

    Where nothing was sold all items of the family count alike.
    """
    sold = year.groupby("item")["demand"].sum().clip(lower=0.0)
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


def _variability(facts: pd.DataFrame, names: pd.Index) -> np.ndarray:
    months = hierarchy.delivered_months(facts)
    quantity = frames.matrix(facts, "demand", "family", list(names), months)
    seen = hierarchy.started({"demand": quantity})
    return classes.coefficient_of_variation(np.where(seen, np.nan_to_num(quantity), np.nan))


def _parameters(parameters: pd.DataFrame, names: pd.Index, settings: Settings) -> pd.DataFrame:
    given = parameters.assign(family=hierarchy.spell(parameters["family"], names))
    given = given.drop_duplicates("family").set_index("family").reindex(names)
    return pd.DataFrame(
        {
            "policy": _or_default(given["policy"], MAKE_TO_STOCK),
            "strategy": _or_default(given["strategy"], ""),
            "target_days": given["target_days"],
            "strategy_used": _or_default(given["strategy"], settings.strategy),
            "days_used": given["target_days"].fillna(settings.target_days),
        },
        index=names,
    )


def _or_default(texts: pd.Series, default: str) -> pd.Series:
    return texts.fillna("").where(lambda text: text != "", default).astype("str")
