"""What the buttons of cash, levers and forecast value added have to say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.actions.pressing import Refreshed
from sop_xl.planning.wording import month, number, percent
from sop_xl.tables.cash import FINE
from sop_xl.tables.kpi_detail import STEPS
from sop_xl.tables.levers import CLOSES, KINDS

FAMILIES = 3
"""Families named with the worst accuracy."""


def cash_lines(done: Refreshed) -> list[str]:
    """Cash, headroom and the days of working capital, in words."""
    frames, axis = done.made.frames, done.made.run.axis
    flow = frames["cash_flow"].set_index("period").reindex(axis.plan)
    days = frames["cash_days"].set_index("period")["cycle"].astype(float)
    cycle = days.reindex(axis.periods).to_numpy(dtype=float)[[axis.history - 1, -1]]
    headroom = flow["headroom"].astype(float)
    worst = flow.index[int(headroom.to_numpy().argmin())]
    lines = [
        f"Cash: {number(float(flow['opening'].iloc[0]))} at the start, "
        f"{number(float(flow['closing'].iloc[-1]))} in {month(axis.plan[-1])}",
        f"Lowest headroom: {number(float(headroom.min()))} in {month(worst)}: "
        f"{flow['limit'].iloc[int(headroom.to_numpy().argmin())]}",
        f"Operating cash flow of the plan months: {number(float(flow['operating'].sum()))}"
        + _to_sales(flow),
    ]
    if not np.isnan(cycle).any():
        lines.append(
            f"Cash conversion cycle: {cycle[0]:.0f} days now, {cycle[1]:.0f} in"
            f" {month(axis.plan[-1])}"
        )
    bad = flow[flow["limit"] != FINE]
    words = zip(bad.index, bad["limit"], strict=True)
    lines += [f"{month(period)}: {text}" for period, text in words]
    return [*lines, *_noticed(done, ("cash", "cash_flow", "cash_days", "payment_pattern",
                                     "receivables", "payables"))]


def _to_sales(flow: pd.DataFrame) -> str:
    sales = float(flow["sales"].sum())
    return f", {percent(float(flow['operating'].sum()) / sales)} of sales" if sales > 0 else ""


def _noticed(done: Refreshed, tables: tuple[str, ...]) -> list[str]:
    return [str(f) for f in done.made.run.plan.findings if f.table in tables]


def lever_lines(done: Refreshed) -> list[str]:
    """What each lever brings, and which of them closes a gap."""
    frame = done.made.frames["levers"]
    rows = frame[frame["kind"].isin(KINDS)]
    lines = [
        f"{row['lever']} {row['kind']} ({row['family'] or 'all families'}): margin"
        f" {number(row['margin'])}, inventory {number(row['inventory'])}, cash"
        f" {number(row['cash'])}; gap to the AOP: {row['closes_aop']}; gap to the reserve:"
        f" {row['closes_reserve']}"
        for row in rows.to_dict("records")
    ]
    if not lines:
        return ["No lever is typed: choose one on the sheet Levers."]
    for column, gap in (("closes_aop", "AOP"), ("closes_reserve", "reserve")):
        alone = rows.loc[rows[column] == CLOSES, "lever"]
        if len(alone):
            lines.append(f"Closes the gap to the {gap} alone: {', '.join(alone)}")
    return [*lines, *_noticed(done, ("levers",))]


def value_added_lines(done: Refreshed) -> list[str]:
    """What each step of the forecast added, and where the plans were worst."""
    lag = done.made.run.plan.frames["lag_accuracy"]["lag"].min()
    steps = done.made.frames["value_added"]
    chosen = steps[(steps["lag"] == lag) & steps["error"].notna()].set_index("step")
    if chosen.empty:
        return ["No plan of an earlier cycle can be measured yet; the store keeps them now."]
    lines = [f"Plans of {int(lag)} cycle before, {int(chosen['cells'].max())} numbers measured:"]
    for step in STEPS:
        if step in chosen.index:
            row = chosen.loc[step]
            added = "" if pd.isna(row["added"]) else f", added {100 * row['added']:+.1f} points"
            lines.append(f"{step}: error {percent(float(row['error']))}{added}")
    families = done.made.frames["lag_accuracy"]
    own = families[(families["lag"] == lag) & families["consensus_error"].notna()].iloc[1:]
    worst = own.sort_values("consensus_error", ascending=False).head(FAMILIES)
    for one in worst.to_dict("records"):
        lines.append(
            f"{one['family']}: accuracy {percent(one['accuracy'])}, bias"
            f" {percent(one['consensus_bias'])}, tracking signal {one['tracking']:.1f}"
        )
    return lines
