"""Forecast value added by step, by contributor and by lead time."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.performance.value_added import by_contributor, stair_step, waterfall
from sop_xl.schema import ALL
from sop_xl.tables.data import HISTORY, PAST_PLANS
from tests.planning.rows import axis, rows

NAN = float("nan")


def cells(name: str, *arguments: Any) -> Any:
    return np.asarray(named(name)(*arguments)).tolist()


def test_the_published_stair_step() -> None:
    # inphronesys.com, FVA dashboard: MAPE naive 14.6, statistical 12.3, analyst 13.6, executive
    # 15.3; it prints +2.3, -1.3 and -1.7
    errors = [14.6, 12.3, 13.6, 15.3]
    assert cells("SOP_FVA", errors) == pytest.approx([2.3, -1.3, -1.7])
    assert cells("SOP_FVA", [[error] for error in errors]) == [
        [pytest.approx(2.3)], [pytest.approx(-1.3)], [pytest.approx(-1.7)],
    ]  # fmt: skip
    assert cells("SOP_FVA", errors[:-1], errors[1:]) == pytest.approx([2.3, -1.3, -1.7])
    with pytest.raises(CellError, match="give the errors of two or more steps"):
        named("SOP_FVA")(14.6)


def test_the_steps_of_a_process() -> None:
    # demand 100 and 100; errors 20 + 20 of naive, 10 + 10 of the model, 5 + 25 of sales
    steps = [[80, 120], [90, 110], [95, 125]]
    expected = [[0.2, NAN, NAN], [0.1, 0.1, 0.1], [0.15, -0.05, 0.05]]
    for arguments in (
        ([[100, 100]], steps), ([[100], [100]], [[80, 90, 95], [120, 110, 125]]),
    ):  # fmt: skip
        for found, row in zip(cells("SOP_FVA_STEPS", *arguments), expected, strict=True):
            assert found == pytest.approx(row, nan_ok=True)


def test_steps_are_compared_on_the_same_months() -> None:
    # the model has no forecast for the second month, the third is a return: both are left out
    found = cells("SOP_FVA_STEPS", [100, 100, -5], [[80, 0, 0], [90, None, 0]])
    assert [row[0] for row in found] == pytest.approx([0.2, 0.1])
    with pytest.raises(CellError, match="3 cells of demand, forecasts of 2 x 2"):
        named("SOP_FVA_STEPS")([1, 2, 3], [[1, 2], [1, 2]])


def test_value_added_by_contributor() -> None:
    # of 400 units: Ann from 20 off to 10 and from 10 to 10 (changed sides); Bob from 10 to 30
    found = cells(
        "SOP_FVA_BY", [100, 100, 100, 100], [80, 90, 90, 100], [90, 110, 70, 100],
        ["Ann", "Ann", "Bob", "Cleo"],
    )  # fmt: skip
    assert [row[:2] for row in found] == [["Ann", 2], ["Cleo", 0], ["Bob", 1]]
    assert [row[3] for row in found] == pytest.approx([10 / 400, 0, -20 / 400])
    assert found[0][2] == 0.5
    assert np.isnan(found[1][2])


numbers = st.integers(0, 1000)
changes = st.lists(
    st.tuples(numbers, numbers, numbers, st.sampled_from(["Ann", "Bob", "", None])),
    min_size=1, max_size=20,
)  # fmt: skip


@given(changes)
def test_what_people_add_sums_to_what_the_step_adds(
    made: list[tuple[int, int, int, str | None]]
) -> None:
    actual, before, after = np.array([line[:3] for line in made], dtype=float).T
    found = by_contributor(actual, before, after, np.array([line[3] for line in made], object))
    step = stair_step(actual, [before, after])[1, 1]
    assert np.sum(found[:, 3].astype(float)) == pytest.approx(step, nan_ok=True)


def test_the_lead_time_waterfall() -> None:
    # made in Jan: 110 for Jan, 130 for Feb, 150 for Mar; in Feb: 90 and 120; in Mar: 95
    days = pd.period_range("2026-01", periods=3, freq="M").to_timestamp()
    snapshots = [[110, 130, 150], [999, 90, 120], [None, None, 95]]
    found = cells("SOP_WATERFALL", [[100, 100, 100]], snapshots, days, days)
    # lag 0: 10 + 10 + 5 of 300, net -5; lag 1: 30 + 20 of 200; lag 2: 50 of 100
    assert found == [
        [0, pytest.approx(25 / 300), pytest.approx(-5 / 300), 3], [1, 0.25, 0.25, 2],
        [2, 0.5, 0.5, 1],
    ]  # fmt: skip
    # what is not known yet is not measured
    found = cells("SOP_WATERFALL", [[100, None, None]], snapshots, days, days)
    assert found == [[0, 0.1, 0.1, 1]]
    with pytest.raises(CellError, match="snapshots of 3 x 3 cells, 2 cycles"):
        named("SOP_WATERFALL")([[1, 1, 1]], snapshots, days[:2], days)


def test_the_waterfall_of_frozen_plans_takes_errors_block_by_block() -> None:
    level = ("family", "region")
    history = rows(
        HISTORY.for_level(level).columns,
        """
        family  region  period   orders
        Bikes   North   2025-12  100
        Bikes   South   2025-12  100
        """,
    )
    plans = rows(
        PAST_PLANS.for_level(level).columns,
        """
        cycle    family  region  period   consensus
        2025-12  Bikes   North   2025-12  110
        2025-12  Bikes   South   2025-12  90
        2025-11  Bikes   North   2025-12  150
        2025-11  Bikes   South   2025-12  100
        """,
    )
    found = waterfall(history, plans, level, axis("2026-01"), [0, 1, 2])
    assert found["lag"].tolist() == [0, 1, 2]
    assert found["wmape"].tolist() == pytest.approx([0.1, 0.25, NAN], nan_ok=True)
    assert found["bias"].tolist() == pytest.approx([0, 0.25, NAN], nan_ok=True)
    assert ALL not in set(plans["region"])
