"""Portfolio review: lifecycle, value, variability, and what the meeting should look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sop_xl.planning import frames, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.data import classes
from sop_xl.planning.wording import count, number, percent
from sop_xl.tables import data

MONTHS_A_YEAR = 12
NEW_MONTHS = 12
"""An item is called new in its first year."""
LOW_MARGIN = 0.10
GROWTH_MONTHS = 24
"""Growth compares two whole years."""
ENDING = ("phase-out", "end of life")


def portfolio(
    facts: pd.DataFrame, items: pd.DataFrame, stock: pd.DataFrame, axis: Axis
) -> pd.DataFrame:
    """One row per item.

    Args:
        facts: Closed actuals with ``demand``, ``value`` and ``expense``.
        items: Item master.
        stock: Stock by item; that of the last closed month counts.
        axis: The cycle.
    """
    keys = items.sort_values("item", ignore_index=True)
    figures = pd.concat([keys, _figures(keys["item"], facts, axis)], axis=1)
    now = stock[stock["period"] == axis.opening].groupby("item")["on_hand"].sum()
    figures = figures.assign(on_hand=figures["item"].map(now).astype(float))
    return figures.assign(remark=remarks(figures))[data.PORTFOLIO.names]


def _figures(numbers: pd.Series, facts: pd.DataFrame, axis: Axis) -> pd.DataFrame:
    months = hierarchy.delivered_months(facts)
    names = list(numbers)
    quantity = frames.matrix(facts, "demand", "item", names, months)
    seen = hierarchy.started({"demand": quantity})
    known = np.where(seen, np.nan_to_num(quantity), np.nan)
    latest = np.asarray(months.isin(axis.last_year))
    before = np.asarray(months.isin(axis.last_year - MONTHS_A_YEAR))
    year = facts[facts["period"].isin(axis.last_year)].groupby("item")
    value = year["value"].sum(min_count=1).reindex(names)
    margin = (value - year["expense"].sum(min_count=1).reindex(names)) / value.where(value > 0)
    sold = np.nansum(known[:, latest], axis=1)
    earlier = np.nansum(known[:, before], axis=1)
    age = seen.sum(axis=1)
    comparable = (age >= GROWTH_MONTHS) & (earlier > 0)
    cv = pd.Series(classes.coefficient_of_variation(known))
    return pd.DataFrame(
        {
            "abc": classes.abc(value.reset_index(drop=True)),
            "xyz": classes.xyz(cv),
            "annual_quantity": sold,
            "annual_value": value.fillna(0.0).to_numpy(),
            "margin": margin.to_numpy(dtype=float),
            "growth": np.where(comparable, sold / np.where(comparable, earlier, 1.0) - 1, np.nan),
            "cv": cv,
            "months": age.astype(float),
        }
    )


def remarks(figures: pd.DataFrame) -> pd.Series:
    """The one thing to say of each item, the gravest first; "" where there is nothing."""
    ending = figures["lifecycle"].isin(ENDING)
    stocked = figures["on_hand"] > 0
    sold = figures["annual_quantity"] > 0
    young = (figures["months"] > 0) & (figures["months"] < NEW_MONTHS)
    poor = (figures["growth"] < 0) & (figures["margin"] < LOW_MARGIN)
    rules: tuple[tuple[pd.Series, Callable[[Any], str]], ...] = (
        (ending & stocked & sold, _stock_left),
        (
            ending & stocked,
            lambda row: f"{row.lifecycle} with stock of {number(row.on_hand)}, unsold",
        ),
        ((figures["lifecycle"] == "end of life") & sold, lambda _: "end of life, still ordered"),
        (figures["margin"] < 0, lambda row: f"sold below cost: margin {percent(row.margin)}"),
        (young, lambda row: f"new: {count(round(row.months), 'month')} of history"),
        ((figures["lifecycle"] == "new") & ~sold, lambda _: "new: no history"),
        (
            ~ending & ~sold & stocked,
            lambda row: f"unsold for a year, stock of {number(row.on_hand)}",
        ),
        (~ending & ~sold, lambda _: "unsold for a year"),
        (
            poor & (figures["abc"] == "C"),
            lambda row: f"low performer: C item, falling, margin {percent(row.margin)}",
        ),
        ((figures["abc"] == "A") & (figures["xyz"] == "Z"), lambda _: "A item, erratic demand"),
    )
    said = np.full(len(figures), "", dtype=object)
    for applies, say in rules:
        rows = np.flatnonzero(applies.to_numpy() & (said == ""))
        said[rows] = [say(row) for row in figures.take(rows).itertuples()]
    return pd.Series(said, index=figures.index, dtype="str")


def _stock_left(row: Any) -> str:
    left = row.on_hand / row.annual_quantity * MONTHS_A_YEAR
    return f"{row.lifecycle} with {count(round(left), 'month')} of stock"
