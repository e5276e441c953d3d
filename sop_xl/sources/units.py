"""Quantities in other units to the base unit, by the table of units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from sop_xl.reading import did_you_mean
from sop_xl.reading.rows import add_rows
from sop_xl.schema import ALL, Finding, Severity, Unit
from sop_xl.sources.delivered import Delivered
from sop_xl.tables.materials import PIECES

_DECLARE = ("items", "units")
"""Tables whose column ``unit`` says what a unit is."""

Factors = Mapping[tuple[str, str], float]
"""Base units in one unit, by item (or All) and unit."""


def convert(
    delivered: Mapping[str, Delivered], base_unit: str, units: Mapping[str, str]
) -> tuple[dict[str, Delivered], list[Finding]]:
    """Every quantity in the base unit, and the columns ``unit`` empty.

    Args:
        units: Unit of a source whose rows name none, by table.
    """
    factors = _factors(delivered["units"].frame)
    items = delivered["items"].frame
    own = dict(zip(items["item"], items["unit"], strict=True))
    result = dict(delivered)
    findings: list[Finding] = []
    for name, source in delivered.items():
        if name not in _DECLARE and {"unit", "item"} <= set(source.table.names):
            result[name], more = _convert(source, factors, own, base_unit, units.get(name, ""))
            findings += more
    changed, more = _item_units(delivered["items"], factors, base_unit)
    findings += more
    result["items"] = _per_base_unit(delivered["items"], changed, ("price", "cost"), base_unit)
    bill = delivered["bill_of_resources"]
    result["bill_of_resources"] = _per_base_unit(bill, changed, ("hours_per_unit",), base_unit)
    return result, findings


def _factors(units: pd.DataFrame) -> Factors:
    return {
        (item, _same(unit)): factor
        for item, unit, factor in zip(units["item"], units["unit"], units["factor"], strict=True)
    }


def _same(unit: str) -> str:
    name = unit.casefold().rstrip(".")
    return "pcs" if name in PIECES else name


def _factor(item: str, unit: str, factors: Factors, base_unit: str) -> float:
    """Base units in one unit; NaN where nothing tells."""
    for key in ((item, _same(unit)), (ALL, _same(unit))):
        if key in factors:
            return factors[key]
    return 1.0 if not unit or _same(unit) == _same(base_unit) else np.nan


def _convert(
    source: Delivered, factors: Factors, own: Mapping[str, str], base_unit: str, default: str
) -> tuple[Delivered, list[Finding]]:
    frame = source.frame
    if frame.empty:
        return source, []
    given = frame["unit"].where(frame["unit"] != "", default)
    pairs = pd.DataFrame({"item": frame["item"], "unit": given})
    distinct = pairs.drop_duplicates()
    found = [
        _row_factor(item, unit, factors, own.get(item, ""), base_unit)
        for item, unit in zip(distinct["item"], distinct["unit"], strict=True)
    ]
    factor = pairs.merge(distinct.assign(factor=found), on=["item", "unit"], how="left")["factor"]
    findings = _unknown(source, given, factor.isna(), factors, base_unit)
    findings += _converted(source, given, factor, base_unit)
    quantities = [c.name for c in source.table.inputs if c.unit is Unit.QUANTITY]
    frame = frame.assign(unit=pd.Series("", index=frame.index, dtype="str"))
    frame[quantities] = frame[quantities].mul(factor, axis=0)
    known = factor.notna().to_numpy()
    return _keyed(replace(source, frame=frame[known], rows=source.rows[known])), findings


def _row_factor(
    item: str, unit: str, factors: Factors, item_unit: str, base_unit: str
) -> float:
    """A row that names no unit is in the unit of its item; that one is the base unit if no factor
    says otherwise."""
    if unit and _same(unit) != _same(item_unit):
        return _factor(item, unit, factors, base_unit)
    factor = _factor(item, item_unit, factors, base_unit)
    return 1.0 if np.isnan(factor) else factor


def _keyed(source: Delivered) -> Delivered:
    """Rows that differed in the unit only are one row now."""
    frame = source.frame.reset_index(drop=True)
    keys = source.table.keys
    if not source.table.sums or not frame.duplicated(keys).any():
        return replace(source, frame=frame)
    groups = frame.groupby(keys, sort=False).ngroup().to_numpy()
    first = np.flatnonzero(~pd.Series(groups).duplicated().to_numpy())
    added = add_rows(source.table, frame, groups, first)
    return replace(source, frame=added, rows=source.rows[first])


def _unknown(
    source: Delivered, given: pd.Series, unknown: pd.Series, factors: Factors, base_unit: str
) -> list[Finding]:
    findings = []
    known = sorted({unit for _, unit in factors} | {base_unit})
    for unit in given[unknown].unique()[:20]:
        which = np.flatnonzero((unknown & (given == unit)).to_numpy())
        example = source.frame["item"].iloc[which[0]]
        findings.append(
            source.finding(
                f"The unit {unit!r} is not known ({len(which):,} rows, item {example} for"
                f" example); they were left out.",
                f"{did_you_mean(unit, known)} Add it to the table Units: item {example} (or All),"
                f" unit {unit}, factor = {base_unit} in one {unit}.".strip(),
                Severity.ERROR, int(which[0]), "unit",
            )
        )
    return findings


def _converted(
    source: Delivered, given: pd.Series, factor: pd.Series, base_unit: str
) -> list[Finding]:
    changed = factor.notna() & (factor != 1)
    findings = []
    for unit, rows in given[changed].groupby(given[changed]):
        first = int(rows.index[0])
        factors = factor[rows.index].unique()
        by = f"factor {factors[0]:g}" if len(factors) == 1 else f"{len(factors)} factors"
        name = unit or "the unit of the item"
        findings.append(
            source.finding(f"{len(rows):,} rows were converted from {name} to {base_unit}, {by}.",
                           "", Severity.REPAIR, first, "unit")
        )
    return findings


def _item_units(
    items: Delivered, factors: Factors, base_unit: str
) -> tuple[dict[str, float], list[Finding]]:
    """Items that are kept in another unit, with its factor; without one their unit stays."""
    changed: dict[str, float] = {}
    unknown = np.zeros(len(items.frame), dtype=bool)
    rows = zip(items.frame["item"], items.frame["unit"], strict=True)
    for row, (item, unit) in enumerate(rows):
        factor = _factor(item, unit, factors, base_unit)
        if np.isnan(factor):
            unknown[row] = True
        elif factor != 1:
            changed[item] = factor
    return changed, items.grouped(
        unknown, "unit",
        f"{{n}} items are kept in another unit than {base_unit}, and no factor is given; their"
        " quantities are added as they are",
        "Add the unit to the table Units, with its factor.",
    )


def _per_base_unit(
    source: Delivered, changed: Mapping[str, float], names: tuple[str, ...], base_unit: str
) -> Delivered:
    """Prices, costs and hours per unit of the item to those per base unit."""
    factor = source.frame["item"].map(lambda item: changed.get(item, 1.0)).astype(float)
    if source.frame.empty or not changed or not (factor != 1).any():
        return source
    frame = source.frame.copy()
    for name in names:
        frame[name] = frame[name] / factor
    if "unit" in frame:
        frame["unit"] = frame["unit"].where(factor == 1, base_unit)
    labels = ", ".join(source.table[name].label.lower() for name in names)
    told = source.grouped(
        (factor != 1), names[0], f"{labels} of {{n}} rows were converted to one {base_unit}", "",
        Severity.REPAIR,
    )
    return replace(
        source, frame=frame, findings=(*source.findings, *told),
        counts=source.counts + type(source.counts)({Severity.REPAIR: len(told)}),
    )
