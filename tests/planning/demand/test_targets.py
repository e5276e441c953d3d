"""Targets of families and company, spread over their blocks: by hand, SAP's rules and the laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.demand.targets import Spreading, spread_targets
from sop_xl.planning.frames import across, blocks
from sop_xl.planning.hierarchy import level_grid
from sop_xl.schema import ALL_FAMILIES
from sop_xl.tables.demand import DEMAND_PLAN, DEMAND_TOTAL, TOP_DOWN
from tests.planning.rows import axis

WHEN = axis("2026-01", history=2, horizon=1)
KEYS = pd.DataFrame({"family": ["Bikes", "Bikes", "Parts"], "region": ["North", "South", "North"]})


def spread(
    baseline: list[float],
    targets: dict[str, float],
    fixed: dict[int, tuple[float, str]] | None = None,
    basis: str = "consensus",
    actual: list[float] | None = None,
) -> Spreading:
    """Targets spread over the three blocks in one month; ``fixed`` by block, with its reason."""
    held, reason = np.full((3, 1), np.nan), np.full((3, 3), "", dtype=object)
    for block, (number, why) in (fixed or {}).items():
        held[block, 0], reason[block, 2] = number, why
    past = np.array([actual or [0.0] * 3]).T.repeat(2, axis=1)
    cells = {
        "actual": across(WHEN, past=past),
        "baseline": across(WHEN, plan=np.array([baseline], dtype=float).T),
        "fixed": across(WHEN, plan=held),
        "reason": reason,
    }
    names = [ALL_FAMILIES, "Bikes", "Parts"]
    wanted = np.array([[targets.get(name, np.nan)] for name in names])
    total = blocks(DEMAND_TOTAL, names, WHEN, {"target": across(WHEN, plan=wanted)})
    return spread_targets(WHEN, level_grid(DEMAND_PLAN, KEYS, WHEN, cells), total, basis)


def written(found: Spreading) -> dict[str, float]:
    """What becomes of the fixed consensus, by block."""
    assert not found.refused
    names = found.changed["family"] + " " + found.changed["region"]
    return dict(zip(names, found.changed["fixed"], strict=True))


def test_a_family_target_goes_over_its_blocks_in_proportion() -> None:
    found = spread([30, 60, 50], {"Bikes": 100})

    # 33.3 and 66.7: the unit that is left goes to the larger remainder
    assert written(found) == {"Bikes North": 33, "Bikes South": 67}
    assert set(found.changed["reason"]) == {TOP_DOWN}
    assert found.met == ["Bikes: 100 in Jan 2026, 10 more than 90 (+11.1 %)"]
    assert found.moved == [
        "Bikes · South: 67 in Jan 2026, 7 more than 60 (+11.7 %)",
        "Bikes · North: 33 in Jan 2026, 3 more than 30 (+10.0 %)",
    ]


def test_a_target_with_a_fraction_leaves_none_in_the_blocks() -> None:
    found = spread([30, 60, 50], {"Bikes": 100.4})

    assert written(found) == {"Bikes North": 33, "Bikes South": 67}
    assert found.met == ["Bikes: 100 (rounded from 100.4) in Jan 2026, 10 more than 90 (+11.1 %)"]


def test_families_with_fractions_still_sum_to_the_company() -> None:
    """100.5 + 60.5 = 161: the unit that is left goes to the first of equal remainders."""
    found = written(spread([30, 60, 50], {ALL_FAMILIES: 161, "Bikes": 100.5, "Parts": 60.5}))

    assert found["Bikes North"] + found["Bikes South"] == 101
    assert found["Parts North"] == 60


def test_what_somebody_fixed_with_a_reason_is_locked() -> None:
    found = spread([30, 60, 50], {"Bikes": 100}, {0: (20.0, "new customer")})

    assert written(found) == {"Bikes South": 80}


def test_a_number_without_a_reason_is_written_over_and_shown() -> None:
    found = spread([30, 60, 50], {"Bikes": 120}, {0: (20.0, "")})

    assert written(found) == {"Bikes North": 40, "Bikes South": 80}
    assert found.overwritten == [
        "Bikes · North, Jan 2026: Fixed consensus 20 without a reason becomes 40"
    ]


def test_the_company_target_goes_over_what_family_targets_leave() -> None:
    found = spread([30, 60, 50], {ALL_FAMILIES: 300, "Bikes": 90})

    assert written(found) == {"Bikes North": 30, "Bikes South": 60, "Parts North": 210}


def test_spreading_again_begins_with_the_layers_and_not_with_its_own_numbers() -> None:
    before = {0: (99.0, TOP_DOWN), 1: (1.0, TOP_DOWN)}

    assert written(spread([30, 60, 50], {"Bikes": 180}, before)) == {
        "Bikes North": 60, "Bikes South": 120,
    }  # fmt: skip
    same = spread([30, 60, 50], {"Bikes": 90}, {0: (30.0, TOP_DOWN), 1: (60.0, TOP_DOWN)})
    assert same.changed.empty


def test_without_its_target_a_block_gets_its_layers_back() -> None:
    found = spread([30, 60, 50], {}, {0: (99.0, TOP_DOWN), 1: (1.0, "new customer")})

    assert np.isnan(written(found)["Bikes North"])
    assert found.changed["reason"].tolist() == [""]


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("baseline", {"Bikes North": 10, "Bikes South": 30}),
        ("history", {"Bikes North": 30, "Bikes South": 10}),
        ("even", {"Bikes North": 20, "Bikes South": 20}),
        # there is no budget and no earlier plan: the consensus counts
        ("aop", {"Bikes North": 10, "Bikes South": 30}),
        ("last_cycle", {"Bikes North": 10, "Bikes South": 30}),
    ],
)
def test_each_basis(basis: str, expected: dict[str, float]) -> None:
    assert written(spread([1, 3, 9], {"Bikes": 40}, basis=basis, actual=[6, 2, 0])) == expected


def test_where_nothing_is_planned_blocks_share_alike() -> None:
    assert written(spread([0, 0, 5], {"Bikes": 7})) == {"Bikes North": 4, "Bikes South": 3}


def test_targets_that_cannot_be_met_say_why() -> None:
    locks = {0: (70.0, "new customer"), 1: (60.0, "promotion")}

    assert spread([30, 60, 50], {"Bikes": 100}, locks).refused == [
        "Bikes, Jan 2026: the target 100 finds no free block: its blocks are all locked. "
        "Release some."
    ]
    assert spread([30, 60, 50], {"Bikes": 50}, {0: locks[0]}).refused == [
        "Bikes, Jan 2026: the target 50 is less than what its locked blocks sum to. "
        "Raise it, or release some."
    ]
    assert spread([30, 60, 50], {ALL_FAMILIES: 80, "Bikes": 90}).refused == [
        "All families, Jan 2026: the target 80 is less than what its locked families and blocks "
        "sum to. Raise it, or release some."
    ]


@settings(max_examples=30)
@given(
    baseline=st.lists(st.integers(0, 10**6), min_size=3, max_size=3),
    family=st.integers(0, 10**6),
    rest=st.integers(0, 10**6),
)
def test_blocks_sum_to_their_targets(baseline: list[int], family: int, rest: int) -> None:
    found = written(
        spread([float(n) for n in baseline], {ALL_FAMILIES: family + rest, "Bikes": family})
    )

    assert found["Bikes North"] + found["Bikes South"] == family
    assert found["Parts North"] == rest
    assert all(number >= 0 and number == round(number) for number in found.values())
