"""Events: promotions, price changes and one-offs, as what they add to the baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.frames import Numbers
from sop_xl.schema import ALL


def layer(
    events: pd.DataFrame, baseline: Numbers, blocks: pd.DataFrame, periods: pd.PeriodIndex
) -> Numbers:
    """Baseline x sum of uplifts + sum of quantities of the events valid in a block and month.

    Uplifts of events at the same time are added, not multiplied. An event without a start has
    always been valid; one without an end never is.
    """
    valid = events[events["included"]]
    where = _blocks_covered(valid, blocks).T
    months = periods.asi8
    start, end = (valid[column].array.asi8[:, None] for column in ("start", "end"))
    started = (start <= months) | valid["start"].isna().to_numpy()[:, None]
    when = (started & (end >= months) & valid["end"].notna().to_numpy()[:, None]).astype(float)
    uplift, quantity = (
        (where * valid[column].fillna(0.0).to_numpy()) @ when for column in ("uplift", "quantity")
    )
    return np.asarray(baseline * uplift + quantity)


def _blocks_covered(events: pd.DataFrame, blocks: pd.DataFrame) -> Numbers:
    """1 for each event and block whose keys are equal, or "All"; case does not matter."""
    covered = np.ones((len(events), len(blocks)), dtype=bool)
    for key in blocks.columns:
        of_event = events[key].str.lower().to_numpy()[:, None]
        of_block = blocks[key].str.lower().to_numpy()[None, :]
        covered &= (of_event == of_block) | (of_event == ALL.lower())
    return covered.astype(float)
