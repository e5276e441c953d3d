"""Kinds of demand, launches and ends."""

from __future__ import annotations

import numpy as np
import pytest

from sop_xl.planning.demand.engine.panel import Panel, observed
from sop_xl.planning.demand.engine.routing import ended, kinds, launches

NAN = np.nan


@pytest.mark.parametrize(
    ("kind", "demand"),
    [
        # ADI 1 and CV squared 0; ADI 1 and sizes 1 and 9: mean 5, CV squared 16 / 25
        ("smooth", [5.0, 6.0] * 10),
        ("erratic", [1.0, 9.0] * 10),
        # every second period: ADI 2; the same with sizes 1 and 9
        ("intermittent", [0.0, 5.0, 0.0, 6.0] * 5),
        ("lumpy", [0.0, 1.0, 0.0, 9.0] * 5),
        ("short", [5.0, 6.0, 7.0]),
        ("constant", [5.0] * 20),
        ("ended", [5.0, 6.0] * 10 + [0.0] * 12),
        # regular until then: half a year without demand is more than three intervals of one
        ("ended", [5.0, 6.0] * 10 + [0.0] * 6),
        ("smooth", [5.0, 6.0] * 10 + [0.0] * 5),
        ("ended", [0.0] * 20),
        ("none", []),
    ],
)
def test_kinds(kind: str, demand: list[float]) -> None:
    values = np.array([[0.0] * (40 - len(demand)) + demand])
    assert kinds(values, np.array([len(demand)]), 12).tolist() == [kind]


def test_zeros_before_a_launch_are_left_out_if_what_follows_is_regular() -> None:
    launched = [0.0] * 10 + [5.0, 6.0, 7.0]
    rare = [0.0] * 8 + [5.0, 0.0, 0.0, 6.0, 0.0]
    twice = [0.0] * 11 + [5.0, 6.0]
    found = launches(np.array([launched, rare, twice]), np.array([13, 13, 13]))
    assert found.tolist() == [3, 13, 13]


def test_an_end_is_known_only_after_it() -> None:
    panel = Panel(np.array([[5.0, 6.0] * 10 + [0.0] * 12]), np.array([32]), 12)
    assert [bool(ended(panel, back)[0]) for back in (0, 6, 7, 12)] == [True, True, False, False]


def test_gaps_are_filled_from_the_same_period_of_the_season_before() -> None:
    # a season before the gaps stand 1 and 8; the 3 that came later is not looked at
    history = np.array([[NAN, 1.0, 9.0, 8.0, 2.0, NAN, 11.0, 8.0, 2.0, 3.0, 10.0, NAN]])
    filled, count, missing = observed(history, 4)
    assert count.tolist() == [11]
    assert filled[0].tolist() == [0.0, 1.0, 9.0, 8.0, 2.0, 1.0, 11.0, 8.0, 2.0, 3.0, 10.0, 8.0]
    assert missing[0].nonzero()[0].tolist() == [5, 11]
