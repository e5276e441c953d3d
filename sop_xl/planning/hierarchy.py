"""From items to the planning level: families, blocks and the sums in them.

Names are compared as a spreadsheet compares them, upper and lower case alike, so that a sum made
here is the sum that the formula in the book makes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import frames
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers
from sop_xl.schema import ALL, BLANK, VALUES, Grid
from sop_xl.tables.settings import Settings

ACTUAL_NUMBERS = ("demand", "shipments", "returns", "revenue", "cost_of_sales")


def families_of(items: pd.DataFrame, settings: Settings) -> pd.Series:
    """The family in which each item is planned, by item; at item level the item itself.

    A family that is spelled in two ways is one: it goes by its first spelling.
    """
    named = items["item" if settings.planning_level[0] == "item" else "family"]
    family = named.groupby(named.str.lower()).transform("first")
    return pd.Series(family.to_numpy(), index=pd.Index(items["item"]), name="family", dtype="str")


def planned_names(families: pd.Series) -> pd.Index:
    """Every family that an item can be planned in, sorted."""
    names: pd.Index = pd.Index(sorted(set(families) - {""}), dtype="str")
    return names


def spell(names: pd.Series, known: pd.Index) -> pd.Series:
    """Names as ``known`` spells them; "" where it does not know them."""
    at = frames.positions(names, known)
    spelled = np.append(known.to_numpy(dtype=object), "")[at]
    return pd.Series(spelled, index=names.index, dtype="str")


def at_family(facts: pd.DataFrame, families: pd.Series) -> pd.DataFrame:
    """Rows by item with their family; rows of items that have none are left out."""
    family = facts["item"].map(families)
    kept = family.notna() & (family != "")
    return facts[kept].assign(family=family[kept])


def in_families(facts: pd.DataFrame, names: pd.Index) -> pd.DataFrame:
    """Rows by family whose family is one of the names, spelled like them."""
    spelled = spell(facts["family"], names)
    return facts.assign(family=spelled)[spelled != ""]


def launched(launches: pd.DataFrame, families: pd.Series, settings: Settings) -> pd.DataFrame:
    """The launches that count, with the family in which each new item is planned, "" for none.

    That of the item master, else the family that the row names.
    """
    rows = launches[launches["included"] & (launches["kind"] == "launch")]
    numbers = pd.Index(families.index)
    at = frames.positions(rows["item"], numbers)
    own = np.append(families.to_numpy(dtype=object), "")[at]
    by_item = settings.planning_level[0] == "item"
    named = "" if by_item else spell(rows["family"], planned_names(families))
    family = pd.Series(own, index=rows.index, dtype="str")
    return rows.assign(family=family.where(family != "", named))


def closed(facts: pd.DataFrame, axis: Axis) -> pd.DataFrame:
    """Rows of the closed months: the month of the cycle itself is not over."""
    return facts[facts["period"] < axis.first]


def closed_actuals(actuals: pd.DataFrame, families: pd.Series, axis: Axis) -> pd.DataFrame:
    """Actuals of the closed months with their family and ``demand``: orders, else shipments."""
    facts = at_family(closed(actuals, axis), families)
    return facts.assign(demand=facts["orders"].fillna(facts["shipments"]).fillna(0.0))


def delivered_months(facts: pd.DataFrame) -> pd.PeriodIndex:
    """All months from the first delivered to the last; what comes after is not known, not zero."""
    if facts.empty:
        return pd.PeriodIndex([], freq="M")
    return pd.period_range(facts["period"].min(), facts["period"].max(), freq="M")


def blocks_of(level: tuple[str, ...], tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The blocks that occur in any of the tables, sorted, each once."""
    keys = list(level)
    every = pd.concat([table[keys] for table in tables]).drop_duplicates().sort_values(keys)
    same = every.apply(lambda names: names.str.lower()).duplicated()
    blocks: pd.DataFrame = every[~same].reset_index(drop=True)
    return blocks


def rows_of(facts: pd.DataFrame, blocks: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The number of the block to which each row belongs, -1 for none."""
    own = np.zeros(len(blocks), dtype=np.int64)
    others = np.zeros(len(facts), dtype=np.int64)
    outside = np.zeros(len(facts), dtype=bool)
    for key in blocks.columns:
        names = pd.Index(blocks[key].unique())
        own = own * len(names) + frames.positions(blocks[key], names)
        found = frames.positions(facts[key], names)
        outside |= found < 0
        others = others * len(names) + found
    at = pd.Index(own).get_indexer(pd.Index(np.where(outside, -1, others)))
    return np.asarray(at, dtype=np.int64)


def covered(row: Mapping[Hashable, Any], blocks: pd.DataFrame) -> tuple[npt.NDArray[np.bool_], int]:
    """Which blocks a row of a list is for, and how many of their keys it names; All takes each.

    Args:
        row: A row with the keys of the planning level, of fields of several types.
        blocks: Keys of the blocks.
    """
    wanted = {key: row[key].lower() for key in blocks.columns if row[key].lower() != ALL.lower()}
    inside = np.ones(len(blocks), dtype=bool)
    for key, name in wanted.items():
        inside &= (blocks[key].str.lower() == name).to_numpy(dtype=bool)
    return inside, len(wanted)


def sums(
    facts: pd.DataFrame, values: Iterable[str], blocks: pd.DataFrame, periods: pd.PeriodIndex
) -> dict[str, Numbers]:
    """The sum of columns in each block and period; NaN where no row holds a number."""
    row = rows_of(facts, blocks)
    column = periods.get_indexer(pd.PeriodIndex(facts["period"]))
    cell = row * len(periods) + column
    inside = (row >= 0) & (column >= 0)
    shape = (len(blocks), len(periods))
    result = {}
    for value in values:
        numbers = facts[value].to_numpy(dtype=float)
        given = inside & ~np.isnan(numbers)
        total = np.bincount(cell[given], numbers[given], minlength=shape[0] * shape[1])
        count = np.bincount(cell[given], minlength=shape[0] * shape[1])
        result[value] = np.where(count > 0, total, np.nan).reshape(shape)
    return result


def started(sums_of: Mapping[str, Numbers]) -> npt.NDArray[np.bool_]:
    """True from the first month in which anything moved in a block."""
    moved = np.any([np.nan_to_num(numbers) != 0 for numbers in sums_of.values()], axis=0)
    return np.asarray(np.logical_or.accumulate(moved, axis=1))


def demand_history(facts: pd.DataFrame, blocks: pd.DataFrame, months: pd.PeriodIndex) -> Numbers:
    """Demand by block and month: NaN before anything moved, zero in a month without an order."""
    cells = sums(facts, ACTUAL_NUMBERS, blocks, months)
    return np.where(started(cells), np.nan_to_num(cells["demand"]), np.nan)


def level_grid(
    grid: Grid,
    blocks: pd.DataFrame,
    axis: Axis,
    measures: Mapping[str, npt.NDArray[np.generic]],
) -> pd.DataFrame:
    """The long frame of a grid from its arrays, where a block has several keys.

    Args:
        grid: The declaration; measures that are not given are blank.
        blocks: The keys of each block, in the order of the sheet.
        axis: Periods across.
        measures: Arrays of one row per block and one column per period of the axis.
    """
    # without its keys, which its formulas may name
    plain = tuple(replace(measure, past=BLANK, plan=VALUES) for measure in grid.measures)
    bare = replace(grid, keys=(), measures=plain, at_level=False)
    cells = frames.blocks(bare, [""] * len(blocks), axis, measures)
    keys = blocks.loc[blocks.index.repeat(len(axis.periods))].reset_index(drop=True)
    return pd.concat([keys, cells], axis=1)
