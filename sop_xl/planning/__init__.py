"""The planning core, one package per step of the cycle: frames in, frames out, no Excel."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from sop_xl.schema import Finding


class Outcome(NamedTuple):
    """What a step hands over: the frames it writes, by table or grid, and what it noticed."""

    frames: dict[str, pd.DataFrame]
    findings: list[Finding]
