"""The change note of the baseline, as a message and the log have it."""

import numpy as np
import pandas as pd

from sop_xl.actions.telling import change_note
from sop_xl.tables.forecast import FORECAST_BLOCKS
from tests.planning.rows import rows

BLOCKS = """
    block            last_baseline  baseline  change  why
    Pumps · North    12340          11980     -360    the last 3 months came below the range
    Valves · South   100            103       3       .
    Hoses · South    50             50        0       .
    Seals · North    .              40        .       not in the plan of the cycle before
"""


def test_the_largest_change_comes_first_with_its_reason() -> None:
    assert change_note({"forecast_blocks": rows(FORECAST_BLOCKS.columns, BLOCKS)}) == [
        "Against last cycle's baseline, over the months both cover:"
        " All: 12,490 -> 12,133 (-2.9 %)",
        "Pumps · North: 12,340 -> 11,980 (-2.9 %): the last 3 months came below the range",
        "Valves · South: 100 -> 103 (+3.0 %)",
    ]


def test_many_changes_are_counted() -> None:
    frame = pd.concat([rows(FORECAST_BLOCKS.columns, BLOCKS).iloc[:1]] * 11, ignore_index=True)

    note = change_note({"forecast_blocks": frame})

    assert len(note) == 10
    assert note[-1] == "... and 3 more: see Forecast_Changes"


def test_the_first_cycle_says_so() -> None:
    frame = rows(FORECAST_BLOCKS.columns, BLOCKS).assign(change=np.nan)

    assert change_note({"forecast_blocks": frame}) == [
        "There is no baseline of a cycle before to compare with."
    ]
