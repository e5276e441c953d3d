"""Declared formulas as a planner says them: labels in place of names."""

from __future__ import annotations

import re

from sop_xl.schema import TOKEN, Column, Grid, Measure, Table
from sop_xl.tables import GRIDS, TABLES

WIDEST = ("family", "region", "channel")
"""Every dimension that a key may have; each has its label."""
WORDS = {
    "prev": "month before",
    "opening": "last closed month",
    "final": "last plan month",
    "todate": "first plan month to this",
    "plan": "all plan months",
    "lookup": "of the same key",
    "sum": "sum of the same keys",
    "count": "rows of the same keys",
    "column": "whole column",
    "scope": "sum of the family, or of all",
    "later": "sum of the same keys, by the offset later",
    "all": "sum of all blocks",
    "view": "of what the page shows",
    "block": "of the block that the page shows",
    "label": "name of the row",
    "keys": "key column",
    "total": "sum of all plan months",
    "past_total": "sum of all closed months",
    "year": "this fiscal year",
    "year_after": "next fiscal year",
    "key_plan": "plan months of the same key",
    "key_line": "all months of the same key",
    "placed_line": "all months of the same keys",
    "line": "all months",
    "measures": "column of the measures",
    "range": "all rows of this month",
    "totals": "all rows, plan months added up",
    "last": "all rows of the last closed month",
    "previous": "all rows of the month before it",
    "past": "all rows of the closed months",
    "match": "1 where it applies to the row",
    "this_year": "all rows of this fiscal year",
    "next_year": "all rows of the next fiscal year",
}
"""The modifiers of formulas as a planner says them."""
AXIS_WORDS = {
    "year": "fiscal year", "flag": "actual or plan", "n": "month number", "days": "calendar days",
    "workdays": "working days", "period": "month",
}


def in_words(formula: str, holder: Grid | Table | None) -> str:
    """A declared formula with labels in place of names: ``[Inventory, month before]``.

    Args:
        holder: The grid or table whose names stand in it without an owner.
    """

    def word(match: re.Match[str]) -> str:
        sign, owner, name, modifier = match.groups()
        if sign == "$":
            return f"[setting {name}]"
        label = AXIS_WORDS[name] if sign == "#" else _label(owner, name, holder)
        return f"[{', '.join(part for part in (label, WORDS.get(modifier or '', '')) if part)}]"

    return TOKEN.sub(word, formula)


def _label(owner: str | None, name: str, holder: Grid | Table | None) -> str:
    place = (GRIDS.get(owner) or TABLES[owner]).for_level(WIDEST) if owner else holder
    if place is None:
        raise ValueError(f"{name} has no owner")
    found = list(place.keys) + list(place.measures) if isinstance(place, Grid) else place.columns
    labels: dict[str, str] = {}
    for field in found:
        if isinstance(field, Column | Measure):
            labels[field.name] = field.label
    label = labels.get(name, name.capitalize())
    return ": ".join(part for part in (place.label if owner else "", label) if part)
