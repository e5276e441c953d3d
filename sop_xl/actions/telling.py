"""Changes, conflicts and figures as people read them, in a terminal or in a message of Excel."""

from __future__ import annotations

import json

from sop_xl.store import Change, Conflict
from sop_xl.store.log import text
from sop_xl.tables import inputs
from sop_xl.tables.executive import CYCLE_CALENDAR


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
