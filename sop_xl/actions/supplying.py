"""What the buttons of the Supply group tell beside the capacity: stock, materials, people."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from sop_xl.actions.pressing import Refreshed
from sop_xl.actions.telling import LISTED
from sop_xl.planning.wording import count, month, number
from sop_xl.tables.materials import MATERIAL_MESSAGES, MATERIALS, PURCHASE_TOTAL
from sop_xl.tables.people import WORKFORCE_PLAN
from sop_xl.tables.settings import MAKE_TO_ORDER
from sop_xl.tables.stock import INVENTORY, STOCK_ITEMS, STOCK_SUMMARY

NOISE = 0.5
"""Units that are rounding."""


def stock_lines(done: Refreshed) -> list[str]:
    """Which families are short of their target, hold too much, or have promised too much; which
    items are left over."""
    frames, axis = done.made.frames, done.made.run.axis
    held = frames[INVENTORY.name]
    plan = held[held["period"].isin(axis.plan)]
    lines = []
    for family, rows in plan.groupby("family", sort=False):
        lines += _months(rows, "short", f"{family}: short of its target stock by up to")
        lines += _months(rows, "excess", f"{family}: above target and half a lot by up to")
        promised = rows.assign(over=-rows["promise"])
        lines += _months(promised, "over", f"{family}: more promised than there is, by up to")
    summary = frames[STOCK_SUMMARY.name]
    ordered = summary[(summary["method"] == MAKE_TO_ORDER) & (summary["backlog"] > NOISE)]
    lines += [
        f"{row['family']}, made to order: {number(row['backlog'])} due and not shipped, clear after"
        f" {count(int(row['clear']), 'month')}"
        for row in _records(ordered)
    ]
    items = frames[STOCK_ITEMS.name]
    lines += [
        f"{row['item']} {row['name']}: {row['remark']}" for row in _records(items.head(LISTED))
    ]
    if len(items) > LISTED:
        lines.append(f"... and {len(items) - LISTED} more items: see Stock_Review")
    return lines or ["Every family is on its target, and nothing is left over."]


def material_lines(done: Refreshed) -> list[str]:
    """What to expedite, put off, cancel and order next, and what is wrong with the bill."""
    frames, run = done.made.frames, done.made.run
    found = frames[MATERIAL_MESSAGES.name]
    wrong = [str(f) for f in run.plan.findings if f.table in ("materials", "bill_of_materials")]
    kinds = found["what"].value_counts()
    lines = [*wrong, *(f"{what}: {count(int(many), 'order')}" for what, many in kinds.items())]
    lines += [str(text) for text in found["message"].head(LISTED)]
    if len(found) > LISTED:
        lines.append(f"... and {len(found) - LISTED} more: see Material_Actions")
    money = frames[PURCHASE_TOTAL.name]
    now = money.loc[money["period"] == run.axis.first, "ordered"].sum()
    if len(frames[MATERIALS.name]):
        lines.append(f"To order in {month(run.axis.first)}: {number(now)}")
    return lines or ["There are no materials: load materials and bill of materials first."]


def people_lines(done: Refreshed) -> list[str]:
    """Which team or skill is missing, from when, and whom to hire."""
    frame, axis = done.made.frames[WORKFORCE_PLAN.name], done.made.run.axis
    plan = frame[frame["period"].isin(axis.plan)]
    lines = []
    for team, rows in plan.groupby("team", sort=False):
        short = rows[rows["gap"] < -NOISE]
        if short.empty:
            continue
        text = (
            f"{team}: {count(len(short), 'month')} short from {month(short['period'].min())}, by"
            f" up to {-float(short['gap_people'].min()):.1f} people"
        )
        hires = rows[rows["proposed_hires"] > 0]
        if len(hires):
            many, first = int(hires["proposed_hires"].sum()), hires.iloc[0]
            text += (
                f"; proposed: hire {many} over the plan, {int(first['proposed_hires'])} to start in"
                f" {month(first['period'])}"
            )
        lines.append(text)
    if frame.empty:
        return ["There are no teams: load the workforce first."]
    return lines or ["No team is short of people in the plan months."]


def _months(rows: pd.DataFrame, measure: str, what: str) -> list[str]:
    """A line about the months in which a measure is above zero, none if there are none."""
    found = rows[rows[measure] > NOISE]
    if found.empty:
        return []
    most = number(float(found[measure].max()))
    first = month(found["period"].min())
    return [f"{what} {most} in {count(len(found), 'month')}, first in {first}"]


def _records(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return frame.to_dict("records")
