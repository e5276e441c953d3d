"""What it means to adopt a plan: the cells of the supply plan and of capacity that it fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, matrix, rounded, zero
from sop_xl.planning.wording import listed, month, number
from sop_xl.tables.strategy import CURRENT, NONE_ADOPTED, name_of

Cells: TypeAlias = set[tuple[str, str, str]]
"""Input cells: family or resource, month such as ``2026-11``, column."""
SAME = 1e-6
"""Units or hours up to which two numbers are the same."""
LABELS = {
    "adopted": "Adopted plan", "subcontracted": "+ Subcontracted", "adopted_hours": "+ Adopted plan"
}  # fmt: skip


class Adoption(NamedTuple):
    """New contents of the input cells of the plan months, blank where they are cleared."""

    supply: pd.DataFrame
    """family, period, adopted, subcontracted."""
    capacity: pd.DataFrame
    """resource, period, adopted_hours."""


def adoption(
    axis: Axis, chosen: str, strategy_plan: pd.DataFrame, strategy_hours: pd.DataFrame
) -> Adoption:
    """The cells that a plan fills; those of ``none`` are all blank.

    Production and what is bought go to the supply plan, the hours beyond today's regular ones
    (overtime, extra hours, and those of people who are hired) to capacity.

    Raises:
        ValueError: The plan is not there, as it is impossible.
    """
    families, resources = (
        [str(name) for name in frame[key].drop_duplicates()]
        for frame, key in ((strategy_plan, "family"), (strategy_hours, "resource"))
    )
    blank_units = np.full((len(families), axis.horizon), np.nan)
    blank_hours = np.full((len(resources), axis.horizon), np.nan)
    if chosen == NONE_ADOPTED:
        return Adoption(
            _cells(axis, "family", families, adopted=blank_units, subcontracted=blank_units),
            _cells(axis, "resource", resources, adopted_hours=blank_hours),
        )

    def of(frame: pd.DataFrame, key: str, names: list[str], measure: str) -> Numbers:
        return matrix(frame, measure, key, names, axis.plan)

    made, bought = (
        of(strategy_plan, "family", families, name_of(measure, chosen))
        for measure in ("production", "subcontracted")
    )
    if not made.size or np.isnan(made).any():
        raise ValueError(f"there is no {chosen} plan")
    hours = of(strategy_hours, "resource", resources, name_of("hours", chosen))
    today = of(strategy_hours, "resource", resources, name_of("available", CURRENT))
    beyond = np.maximum(0.0, rounded(hours - zero(today)))
    return Adoption(
        _cells(axis, "family", families, adopted=made, subcontracted=_blank(zero(bought))),
        _cells(axis, "resource", resources, adopted_hours=_blank(beyond)),
    )


def _blank(numbers: Numbers) -> Numbers:
    return np.where(numbers > 0, numbers, np.nan)


def _cells(axis: Axis, key: str, names: list[str], **columns: Numbers) -> pd.DataFrame:
    periods = axis.plan
    keys = {
        key: pd.Series(np.repeat(np.array(names, dtype=object), len(periods)), dtype="str"),
        "period": periods.take(np.tile(np.arange(len(periods)), len(names))),
    }
    return pd.DataFrame(keys | {name: numbers.ravel() for name, numbers in columns.items()})


def typed_over(
    held: pd.DataFrame, new: pd.DataFrame, key: str, ours: Cells
) -> list[str]:
    """What people typed in cells that are going to hold something else, a line for each row.

    Args:
        held: The input cells as they are.
        new: Their new contents.
        key: family or resource.
        ours: Cells that an adoption filled.
    """
    columns = [name for name in new.columns if name in LABELS]
    both = _beside(held, new, key, columns)
    lines = []
    for column in columns:
        was, now = both[f"{column}_was"], both[column]
        lost = was.notna() & ~_mine(both, key, column, ours) & ~((was - now).abs() <= SAME)
        for name, rows in both[lost].groupby(key, sort=False):
            cells = [
                f"{month(at)} {number(units)}"
                for at, units in zip(rows["period"], rows[f"{column}_was"], strict=True)
            ]
            lines.append(f"{name}: {LABELS[column]} {listed(cells)}")
    return lines


def only_ours(held: pd.DataFrame, new: pd.DataFrame, ours: Cells) -> pd.DataFrame:
    """What clearing an adopted plan leaves of the supply plan: what people bought stays."""
    both = _beside(held, new, "family", ["subcontracted"])
    typed = both["subcontracted_was"].mask(_mine(both, "family", "subcontracted", ours))
    return new.assign(subcontracted=typed.to_numpy())


def _beside(
    held: pd.DataFrame, new: pd.DataFrame, key: str, columns: Sequence[str]
) -> pd.DataFrame:
    """The new cells, and what they hold now in columns that end in ``_was``."""
    was = held[[key, "period", *columns]]
    return new.merge(was, "left", [key, "period"], suffixes=("", "_was"))


def _mine(both: pd.DataFrame, key: str, column: str, ours: Cells) -> pd.Series:
    """Which rows hold a number that an adoption put there."""
    places = zip(both[key], both["period"].astype(str), strict=True)
    mine = [(name, period, column) in ours for name, period in places]
    return pd.Series(mine, index=both.index, dtype=bool)
