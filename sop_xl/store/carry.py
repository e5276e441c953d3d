"""What goes over into the next cycle: what is still open, and what people typed for months to come.

Lists that only people fill in (decisions, assumptions, remarks on exceptions, the inputs of the
grids) start from the last cycle's final state, without what is over. Sources are loaded anew; what
people typed over them is repeated on top of the new load, unless the source has it by now.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sop_xl import tables
from sop_xl.planning.curves import curve
from sop_xl.planning.demand.launch_rows import YEAR
from sop_xl.schema import Table
from sop_xl.store.merge import Change, Kind, difference
from sop_xl.store.values import keys_of
from sop_xl.tables.data import ACTIONS, RISKS, SOURCES

SOURCE_NAMES = frozenset(table.name for table in SOURCES)
KEPT_LISTS = frozenset({ACTIONS.name, RISKS.name})
"""Sources that stay as they are where a cycle's load does not deliver them."""
ANEW = frozenset({"cycle_calendar", "load_report", "finance_lock"})
"""Tables that each cycle starts without."""
OF_THE_PAST = frozenset({"cleansing"})
"""Lists about closed months: what was decided about them holds in the next cycles too."""
CLOSED_MONTHS = 36
"""How long actions that are done and events that are over stay: the KPI sheet counts the ones in
the months that it shows, the history is cleaned of the others."""
LIFE = 36
"""Months for which a launch or phase-out stays in its list, or as long as its curve and a year of
sales thereafter: then it is history."""
_OVER = {
    "decisions": ("rejected",),
    "assumptions": ("wrong",),
    "exceptions": ("done",),
    "constraints": ("closed",),
    "risks": ("closed",),
    "actions": ("cancelled",),
    "tie_outs": ("closed",),
}
"""The status with which a row is left behind."""


def carried_lists(level: tuple[str, ...]) -> list[Table]:
    """The tables that start from the last cycle's final state."""
    inputs = tables.inputs(level).values()
    return [table for table in inputs if table.name not in SOURCE_NAMES | ANEW]


def ongoing(frame: pd.DataFrame, table: Table, first: pd.Period) -> pd.DataFrame:
    """The rows that still matter in the cycle that begins with a period."""
    keep = pd.Series(True, index=frame.index)
    if table.name in _OVER:
        keep &= ~frame["status"].isin(_OVER[table.name])
    if table.name not in SOURCE_NAMES | OF_THE_PAST and "period" in table.keys:
        keep &= frame["period"] >= first
    if table.name == "events":
        # those that are over explain the history that the forecast is made from
        keep &= frame["end"].isna() | (frame["end"] >= first - CLOSED_MONTHS)
    if table.name == "launches":
        life = [_life(row) for row in frame.to_dict("records")]
        begun = [start is pd.NaT or start + months >= first
                 for start, months in zip(frame["start"], life, strict=True)]  # fmt: skip
        keep &= np.array(begun, dtype=bool)
    if table.name == "decisions":
        keep &= (frame["status"] != "approved") | ~(frame["due"] < first.to_timestamp())
    if table.name == "actions":
        since = (first - CLOSED_MONTHS).to_timestamp()
        keep &= (frame["status"] != "done") | ~(frame["due"] < since)
    return frame[keep].reset_index(drop=True)


def _life(row: Mapping[Hashable, Any]) -> int:
    """Months for which a row of the list of launches matters."""
    try:
        months = len(curve(row["kind"], row["ramp"], row["curve"]))
    except ValueError:
        months = 0  # a finding says so
    return max(LIFE, months + YEAR)


def repeated(
    base: pd.DataFrame, final: pd.DataFrame, table: Table, first: pd.Period
) -> list[Change]:
    """What people typed over a source, to be repeated in the next cycle.

    Args:
        base: The table as it was last loaded in the cycle that ends.
        final: The same with all that people typed.
        table: The declaration.
        first: First plan period of the new cycle.
    """
    wanted = set(keys_of(ongoing(final, table, first), table))
    changes = difference(base, final, table)
    return [c for c in changes if c.kind is not Kind.ADDED or c.key in wanted]
