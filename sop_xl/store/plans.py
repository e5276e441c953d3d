"""The versions of the plan that a cycle produced, kept to measure later what became of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import sqlalchemy as sa

from sop_xl.schema import ALL, Unit
from sop_xl.store.layout import FORECAST_METHOD, FULL_LEVEL, REVISION, VERSION, VERSION_VALUE
from sop_xl.store.values import Value, dump, frame_of, plain
from sop_xl.tables import GRIDS
from sop_xl.tables.cash import PAST_CASH
from sop_xl.tables.data import PAST_FINANCE, PAST_PLANS
from sop_xl.tables.forecast import FORECAST_METHODS


class Version(NamedTuple):
    """A plan that is kept: the measures of a grid in the plan periods."""

    name: str
    grid: str
    measures: tuple[str, ...]
    methods: str = ""
    """The list of the methods that it was made of, which is kept with it."""


VERSIONS = (
    Version("statistical", "demand_plan", ("baseline", "low", "high"), "forecast_methods"),
    Version("consensus", "demand_plan",
            ("consensus", "pipeline", "events", "lifecycle", "sales_adjustment",
             "marketing_adjustment", "finance_adjustment")),
    Version("supply", "supply_plan", ("production", "inventory", "backlog")),
    Version("financial", "finance_total",
            ("revenue", "cost_of_sales", "operating_cost", "operating_profit", "inventory_value")),
    Version("financial_family", "finance_family",
            ("volume", "revenue", "constant_revenue", "cost_of_sales", "full_cost",
             "inventory_value")),
    Version("cash", "cash_flow", ("collections", "payments")),
)  # fmt: skip


LAYERS = {
    "drivers": ["pipeline", "events", "lifecycle"],
    "sales": ["sales_adjustment"],
    "marketing": ["marketing_adjustment"],
    "finance": ["finance_adjustment"],
}
"""What people and known drivers added to a baseline: columns of the past plans, by the measures
that are kept."""


class Records(NamedTuple):
    """A version on its way into the database."""

    version: Version
    rows: list[dict[str, Value]]
    methods: list[dict[str, Value]]
    hash: str


def records(frames: Mapping[str, pd.DataFrame], cycle: str) -> list[Records]:
    """The versions that a plan's frames hold: one row per measure, block and plan period."""
    return [
        _records(v, frames[v.grid], frames.get(v.methods), cycle)
        for v in VERSIONS
        if v.grid in frames
    ]


def _records(
    version: Version, frame: pd.DataFrame, methods: pd.DataFrame | None, cycle: str
) -> Records:
    plan = frame[frame["period"] >= pd.Period(cycle, "M")]
    keys, periods = _keys(plan, version.grid), plain(plan["period"], Unit.PERIOD)
    rows: list[dict[str, Value]] = [
        {"measure": measure, "row_key": key, "period": period, "value": value}
        for measure in version.measures
        if measure in plan
        for key, period, value in zip(
            keys, periods, plain(plan[measure], Unit.QUANTITY), strict=True
        )
        if value is not None
    ]
    rows.sort(key=lambda row: (row["measure"], row["row_key"], row["period"]))
    made_of = _methods(methods, version.grid)
    text = dump(rows) + (dump(made_of) if made_of else "")
    return Records(version, rows, made_of, hashlib.sha256(text.encode()).hexdigest())


def _methods(frame: pd.DataFrame | None, grid: str) -> list[dict[str, Value]]:
    if frame is None:
        return []
    columns = (plain(frame[name], Unit.FACTOR) for name in ("weight", "error"))
    rows: list[dict[str, Value]] = [
        {"row_key": key, "method": str(method), "weight": weight, "error": error}
        for key, method, weight, error in zip(
            _keys(frame, grid), frame["method"], *columns, strict=True
        )
    ]
    return sorted(rows, key=lambda row: (row["row_key"], row["method"]))


def _keys(frame: pd.DataFrame, grid: str) -> list[str]:
    """The key of each row's block, with every dimension where the grid follows the level."""
    names = FULL_LEVEL if GRIDS[grid].at_level else tuple(GRIDS[grid].key_names)
    columns = [frame[n].tolist() if n in frame else [ALL] * len(frame) for n in names]
    if not names:
        return [dump({})] * len(frame)
    texts: dict[tuple[str, ...], str] = {}
    blocks = zip(*columns, strict=True)
    return [texts.setdefault(b, dump(dict(zip(names, b, strict=True)))) for b in blocks]


def latest_hashes(connection: sa.Connection, cycle: str) -> dict[str, str]:
    """The hash of the last saved version by name."""
    query = (
        sa.select(VERSION.c.name, VERSION.c.hash)
        .join(REVISION)
        .where(REVISION.c.cycle == cycle)
        .order_by(VERSION.c.id)
    )
    return {row.name: row.hash for row in connection.execute(query)}


def save(connection: sa.Connection, revision: int, versions: Iterable[Records]) -> None:
    """Store versions as part of a revision."""
    for records in versions:
        entry = {"revision": revision, "name": records.version.name, "hash": records.hash}
        entry |= {"grid": records.version.grid, "rows": len(records.rows)}
        result = connection.execute(VERSION.insert().values(**entry))
        assert result.inserted_primary_key is not None  # every insert of one row has it
        number = int(result.inserted_primary_key[0])
        if records.rows:
            rows = [row | {"version": number} for row in records.rows]
            connection.execute(VERSION_VALUE.insert(), rows)
        if records.methods:
            made_of = [row | {"version": number} for row in records.methods]
            connection.execute(FORECAST_METHOD.insert(), made_of)


def demand_plans(connection: sa.Connection, before: str) -> pd.DataFrame:
    """The last demand plan of each earlier cycle, as rows of the table of past plans."""
    found = _last_values(connection, before, ("demand_plan",))
    wide = found.pivot_table("value", _INDEX, "measure", "first").reset_index()
    blocks = {key: json.loads(key) for key in wide["row_key"].unique()}
    columns: dict[str, Any] = {name: wide[name].tolist() for name in ("cycle", "period")}
    for name in FULL_LEVEL:
        columns[name] = [blocks[key][name] for key in wide["row_key"]]
    for name in ("consensus", "baseline", "low", "high"):
        numbers = wide[name] if name in wide else np.full(len(wide), np.nan)
        columns[name] = list(numbers)
    for name, kept in LAYERS.items():
        columns[name] = list(wide.reindex(columns=kept).sum(axis=1, min_count=1))
    return frame_of(columns, PAST_PLANS.inputs)


def financial_plans(connection: sa.Connection, before: str) -> pd.DataFrame:
    """The last financial plan of each earlier cycle, as rows of the table of past finance."""
    found = _last_values(connection, before, ("finance_family", "finance_total"))
    families = found["grid"] == "finance_family"
    wanted = families | (found["measure"] == "operating_cost")
    wide = (
        found[wanted].pivot_table("value", _INDEX, "measure", "first").reset_index()
    )
    columns: dict[str, Any] = {name: wide[name].tolist() for name in ("cycle", "period")}
    columns["family"] = [json.loads(key).get("family", ALL) for key in wide["row_key"]]
    if "full_cost" in wide:  # plans made before supply cost was reckoned have none
        wide["supply_cost"] = (wide["full_cost"] - wide["cost_of_sales"]).round(6) + 0.0
    for name in ("volume", "revenue", "constant_revenue", "cost_of_sales", "supply_cost",
                 "operating_cost"):
        numbers = wide[name] if name in wide else np.full(len(wide), np.nan)
        columns[name] = list(numbers)
    return frame_of(columns, PAST_FINANCE.inputs)


def cash_forecasts(connection: sa.Connection, before: str) -> pd.DataFrame:
    """The gross flows that the last plan of each earlier cycle expected, as rows of past cash."""
    found = _last_values(connection, before, ("cash_flow",))
    wide = found.pivot_table("value", _INDEX, "measure", "first").reset_index()
    columns: dict[str, Any] = {name: wide[name].tolist() for name in ("cycle", "period")}
    for name in ("collections", "payments"):
        columns[name] = list(wide[name] if name in wide else np.full(len(wide), np.nan))
    return frame_of(columns, PAST_CASH.inputs)


def _last_values(
    connection: sa.Connection, before: str, grids: tuple[str, ...]
) -> pd.DataFrame:
    """Every value of the last versions of each earlier cycle that show some grids."""
    last = (
        sa.select(sa.func.max(VERSION.c.id))
        .join(REVISION)
        .where(REVISION.c.cycle < before, VERSION.c.grid.in_(grids))
        .group_by(REVISION.c.cycle, VERSION.c.name)
    )
    value = VERSION_VALUE.c
    query = (
        sa.select(REVISION.c.cycle, VERSION.c.grid, value.period, value.row_key, value.measure,
                  value.value)
        .select_from(VERSION_VALUE)
        .join(VERSION)
        .join(REVISION)
        .where(VERSION.c.id.in_(last))
    )
    columns = ["cycle", "grid", "period", "row_key", "measure", "value"]
    return pd.DataFrame(connection.execute(query).all(), columns=columns)


def forecast_methods(connection: sa.Connection, before: str) -> pd.DataFrame:
    """The methods of the last baseline of the newest cycle before, which has kept some."""
    last = (
        sa.select(FORECAST_METHOD.c.version)
        .select_from(FORECAST_METHOD)
        .join(VERSION)
        .join(REVISION)
        .where(REVISION.c.cycle < before)
        .order_by(REVISION.c.cycle.desc(), VERSION.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    kept = FORECAST_METHOD.c
    query = (
        sa.select(kept.row_key, kept.method, kept.weight, kept.error)
        .where(kept.version == last)
        .order_by(kept.row_key, kept.method)
    )
    rows = connection.execute(query).all()
    blocks = [json.loads(row.row_key) for row in rows]
    columns: dict[str, Any] = {name: [block[name] for block in blocks] for name in FULL_LEVEL}
    columns |= {n: [row._mapping[n] for row in rows] for n in ("method", "weight", "error")}
    return frame_of(columns, FORECAST_METHODS.for_level(FULL_LEVEL).columns)


_INDEX = ["cycle", "period", "row_key"]
