"""The forecast methods that planners have chosen, block by block."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.wording import listed
from sop_xl.reading import did_you_mean
from sop_xl.schema import Finding, Severity

Row: TypeAlias = Mapping[Hashable, str]


class Pins(NamedTuple):
    """One method for each block, "" where the engine chooses; and the choices that name nothing."""

    methods: list[str]
    findings: list[Finding]


def pins(choices: pd.DataFrame, blocks: pd.DataFrame, methods: Collection[str]) -> Pins:
    """The method chosen for each block: the row that names most of its keys wins, then the last.

    Args:
        choices: The list ``forecast_choices``.
        blocks: Keys of the blocks.
        methods: Names that may be chosen, besides ``simple``.
    """
    known = {name.lower(): name for name in ("simple", *methods)}
    chosen, named = [""] * len(blocks), np.full(len(blocks), -1)
    findings = []
    for row in choices.to_dict("records"):
        if row["method"] == "":
            continue
        method = known.get(row["method"].lower())
        if method is None:
            findings.append(_unknown(row, list(known.values())))
            continue
        covered, keys = hierarchy.covered(row, blocks)
        if not covered.any():
            findings.append(_nowhere(row, blocks))
        for at in np.flatnonzero(covered & (named <= keys)):
            chosen[at], named[at] = method, keys
    return Pins(chosen, findings)


def _unknown(row: Row, known: list[str]) -> Finding:
    return Finding(
        "forecast_choices",
        f"There is no forecast method {row['method']!r}, chosen for {row['family']}: the engine"
        " chooses there.",
        f"{did_you_mean(row['method'], known)} Choose one of {', '.join(known)}.".strip(),
        Severity.WARNING,
    )


def _nowhere(row: Row, blocks: pd.DataFrame) -> Finding:
    names = " / ".join(row[key] for key in blocks.columns)
    first = blocks.columns[0]
    return Finding(
        "forecast_choices",
        f"The forecast method of {names} is used nowhere: the plan has no such block.",
        f"Name families as the plan does: {listed(blocks[first].unique())}; All for every one.",
        Severity.WARNING,
    )
