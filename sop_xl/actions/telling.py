"""Changes, conflicts and figures as people read them, in a terminal or in a message of Excel."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from sop_xl.planning.wording import number
from sop_xl.store import Change, Conflict
from sop_xl.store.log import text
from sop_xl.tables import inputs
from sop_xl.tables.executive import CYCLE_CALENDAR
from sop_xl.tables.forecast import FORECAST_BLOCKS

LISTED = 8
"""Lines about single families, resources or KPIs in a message; the sheets have them all."""
LEAST_CHANGE = 0.5
"""Units by which a baseline has to move to count as another one."""


def change_note(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the baseline changed against the cycle before, largest first, and why.

    Args:
        frames: What the cycle gives, with ``forecast_blocks``.
    """
    blocks = frames[FORECAST_BLOCKS.name]
    moved = blocks[blocks["change"].abs() > LEAST_CHANGE]
    if blocks["change"].isna().all():
        return ["There is no baseline of a cycle before to compare with."] if len(blocks) else []
    total = blocks[blocks["change"].notna()]
    everything = baseline_line("All", total["last_baseline"].sum(), total["baseline"].sum())
    lines = [f"Against last cycle's baseline, over the months both cover: {everything}"]
    for block, before, baseline, why in moved[
        ["block", "last_baseline", "baseline", "why"]
    ].head(LISTED).itertuples(index=False):
        line = baseline_line(str(block), before, baseline)
        lines.append(f"{line}: {why}" if why else line)
    if len(moved) > LISTED:
        lines.append(f"... and {len(moved) - LISTED} more: see Forecast_Changes")
    return lines


def baseline_line(name: str, before: float, now: float) -> str:
    """One baseline that moved.

    >>> baseline_line("Pumps · North", 12340.0, 11980.0)
    'Pumps · North: 12,340 -> 11,980 (-2.9 %)'
    """
    share = f" ({now / before - 1:+.1%})".replace("%", " %") if before else ""
    return f"{name}: {number(before)} -> {number(now)}{share}"


def change_text(change: Change) -> str:
    declared = inputs(("family", "region", "channel")) | {CYCLE_CALENDAR.name: CYCLE_CALENDAR}
    table = declared[change.table]
    key = ", ".join(str(v) for v in json.loads(change.key).values())
    place = change.cell or table.label
    if not change.column:
        return f"{place}: {key}: {change.kind.value}"
    label = table[change.column].label
    reason = f" ({change.reason})" if change.reason else ""
    return f"{place}: {key}: {label}: {figure(change.old)} -> {figure(change.new)}{reason}"


def kept_text(conflict: Conflict) -> str:
    """What stands in the plan instead of a change."""
    if conflict.gone or (conflict.kept is None and not conflict.change.column):
        return "kept: the row is gone"
    if isinstance(conflict.kept, dict):
        return f"kept: {text(conflict.kept, conflict.change) or 'the row as it was'}"
    return f"kept: {figure(conflict.kept)}"


def figure(value: object) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)
