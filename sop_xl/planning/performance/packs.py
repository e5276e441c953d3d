"""Packs of further KPIs: cash, retail, the metrics of SCOR by their numbers, flow, return."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers
from sop_xl.planning.performance.benchmarks import references
from sop_xl.planning.performance.facts import monthly
from sop_xl.planning.performance.figure import Figure
from sop_xl.planning.performance.flow import flow, roi
from sop_xl.planning.performance.service import told
from sop_xl.schema import Unit, empty_frame
from sop_xl.tables.cash import CASH_DAYS, CASH_FLOW
from sop_xl.tables.kpi_detail import CASH_PACK, KPI_MORE, RETAIL, SCOR


def more_kpis(
    packs: tuple[str, ...],
    axis: Axis,
    *,
    orders: pd.DataFrame,
    stock: pd.DataFrame,
    production: pd.DataFrame,
    actuals: pd.DataFrame,
    cash_flow: pd.DataFrame,
    cash_days: pd.DataFrame,
    gap_options: pd.DataFrame,
    benchmarks: pd.DataFrame,
) -> pd.DataFrame:
    """The table ``kpi_more``: the KPIs of the packs that are asked for and whose data are known."""
    figures = [
        *_cash(axis, cash_flow, cash_days),
        *_retail(axis, orders, stock, production, actuals),
        *_scor(axis, orders, cash_days),
        *flow(axis, orders, stock, actuals),
        *roi(axis, gap_options),
    ]
    rows = [_row(figure) for figure in figures if figure.pack in packs and _known(figure)]
    frame = pd.DataFrame(rows, columns=KPI_MORE.names)
    frame = frame.assign(**references(frame["kpi"].astype("str"), benchmarks))
    return frame.astype(empty_frame(KPI_MORE.columns).dtypes.to_dict())


def _known(figure: Figure) -> bool:
    return bool((~np.isnan(figure.part) & (figure.whole > 0)).any())


def _row(figure: Figure) -> dict[str, object]:
    usable = figure.whole > 0
    shares = np.where(usable, figure.part / np.where(usable, figure.whole, 1.0), np.nan)
    return {
        "kpi": figure.kpi,
        "pack": figure.pack,
        "actual": shares[-1],
        "average": np.nanmean(shares),
        "unit": figure.unit.label,
        "scor": figure.scor,
        "definition": figure.definition,
        "source": figure.source,
        "part": figure.part[-1],
        "whole": figure.whole[-1],
    }


def _past(frame: pd.DataFrame, name: str, axis: Axis) -> Numbers:
    found = frame.set_index("period")[name].reindex(axis.past)
    return found.to_numpy(dtype=float)


_DAYS = (("dso", "AM.2.1"), ("dio", "AM.2.2"), ("dpo", "AM.2.3"), ("cycle", "AM.1.1"))
"""Measures of the days of working capital and their numbers in SCOR."""


def _days(axis: Axis, cash_days: pd.DataFrame, pack: str, prefix: str) -> list[Figure]:
    one = np.ones(axis.history)
    return [
        Figure(pack, f"{prefix}{CASH_DAYS[name].label}", Unit.DAYS, number, CASH_DAYS[name].help,
                "Finance actuals", _past(cash_days, name, axis), one)
        for name, number in _DAYS
    ]  # fmt: skip


def _cash(axis: Axis, cash_flow: pd.DataFrame, cash_days: pd.DataFrame) -> list[Figure]:
    one = np.ones(axis.history)
    share, sure = CASH_FLOW["operating_share"], CASH_FLOW["accuracy"]
    return [
        *_days(axis, cash_days, CASH_PACK, ""),
        Figure(CASH_PACK, share.label, share.unit, "", share.help, "Finance actuals",
                _past(cash_flow, "operating", axis), _past(cash_flow, "sales", axis)),
        Figure(CASH_PACK, sure.label, sure.unit, "", sure.help, "Cash by month",
                _past(cash_flow, "accuracy", axis), one),
    ]  # fmt: skip


def _retail(
    axis: Axis,
    orders: pd.DataFrame,
    stock: pd.DataFrame,
    production: pd.DataFrame,
    actuals: pd.DataFrame,
) -> list[Figure]:
    filled, ordered = _filled(axis, orders)
    out, pairs, sold, supplied = _shelf(axis, stock, production, actuals)
    return [
        Figure(RETAIL, "Fill rate", Unit.PERCENT, "",
                "Units delivered by the due day / units ordered, line by line.", "Orders",
                filled, ordered),
        Figure(RETAIL, "Stock-out rate", Unit.PERCENT, "",
                "Items without stock at the month's end that had demand / items with stock and "
                "demand known.", "Stock, actuals", out, pairs),
        Figure(RETAIL, "Sell-through", Unit.PERCENT, "",
                "Units shipped / (opening stock + units received).", "Stock, production, actuals",
                sold, supplied),
    ]  # fmt: skip


def _filled(axis: Axis, orders: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """Units delivered by the due day, and units ordered, by month of the due day."""
    due = orders["promised"].fillna(orders["requested"])
    arrived = orders["delivered"].notna() & (orders["delivered"] <= due)
    shipped = orders["delivered_quantity"].fillna(orders["quantity"])
    met = np.where(arrived, np.minimum(shipped, orders["quantity"]), 0.0)
    lines = pd.DataFrame(
        {"period": axis.calendar.period_of(due), "met": met, "quantity": orders["quantity"]}
    )
    met = np.where(told(orders, axis), monthly(lines, "met", axis), np.nan)
    return met, monthly(lines, "quantity", axis)


def _shelf(
    axis: Axis, stock: pd.DataFrame, production: pd.DataFrame, actuals: pd.DataFrame
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Items out of stock, items measured, units shipped, units there to be shipped."""
    held, wanted, sent, made = (
        _by_item(frame, name, axis)
        for frame, name in (
            (stock, "on_hand"), (actuals, "orders"), (actuals, "shipments"),
            (production, "produced"),
        )
    )  # fmt: skip
    items = held.index.union(wanted.index)
    level, asked = (table.reindex(items).to_numpy(dtype=float) for table in (held, wanted))
    pairs = ~np.isnan(level + asked)
    out = pairs & (level <= 0) & (asked > 0)
    shown = held.index.union(made.index)
    opening = np.roll(held.reindex(shown).to_numpy(dtype=float), 1, axis=1)
    opening[:, 0] = np.nan
    received = made.reindex(shown).to_numpy(dtype=float)
    supplied = np.nansum(opening, axis=0) + np.nansum(received, axis=0)
    known = ~np.isnan(opening).all(axis=0) if len(shown) else np.zeros(axis.history, dtype=bool)
    sold = np.nansum(sent.reindex(shown).to_numpy(dtype=float), axis=0)
    return (
        out.sum(axis=0).astype(float), pairs.sum(axis=0).astype(float), sold,
        np.where(known, supplied, np.nan),
    )  # fmt: skip


def _by_item(frame: pd.DataFrame, name: str, axis: Axis) -> pd.DataFrame:
    """Items down, past months across; missing where nothing was told."""
    rows = frame[frame["period"].isin(axis.past)]
    sums = rows.groupby(["item", "period"], as_index=False)[name].sum(min_count=1)
    wide = sums.pivot_table(name, "item", "period", "first")
    table: pd.DataFrame = wide.reindex(columns=axis.past).astype(float)
    return table


def _scor(axis: Axis, orders: pd.DataFrame, cash_days: pd.DataFrame) -> list[Figure]:
    due = orders["promised"].fillna(orders["requested"])
    arrived = orders["delivered"].notna()
    in_full = arrived & ~(orders["delivered_quantity"] < orders["quantity"])
    in_time = arrived & (orders["delivered"] <= due)
    lines = pd.DataFrame(
        {
            "period": axis.calendar.period_of(due), "due": 1.0,
            "in_full": in_full.astype(float), "in_time": in_time.astype(float),
        }
    )  # fmt: skip
    known, whole = told(orders, axis), monthly(lines, "due", axis)
    full, timely = (
        np.where(known, monthly(lines, name, axis), np.nan) for name in ("in_full", "in_time")
    )
    return [
        Figure(SCOR, "Delivered in full", Unit.PERCENT, "RL.2.1",
                "Order lines due that were delivered in full / lines due.", "Orders",
                full, whole),
        Figure(SCOR, "Delivered to the commit date", Unit.PERCENT, "RL.2.2",
                "Order lines due that were delivered by the promised day / lines due.", "Orders",
                timely, whole),
        *_days(axis, cash_days, SCOR, "SCOR "),
    ]  # fmt: skip
