"""Maturity of the process, the fill rate, and cash flow to sales, by hand."""

import numpy as np
import pytest

from sop_xl.functions import CellError, named
from sop_xl.planning.performance.maturity import STAGES


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (([3, 4, 2, 4],), 3.25),
        (([3, 4, 2, 4], "mean", "level"), 3),
        (([3, 4, 2, 4], "mean", "stage"), "standard"),
        (([3, 4, 2, 4], "weakest"), 3.25),
        (([3, 4, 2, 4], "weakest", "level"), 2),
        (([[3], [4], [2], [4]], "Weakest", "Stage"), "basic"),
        (([5, 5, 5, 5], "mean", "stage"), "best-in-class"),
        (([1, 1, 1, 2], "mean", "stage"), "ad hoc"),
        (([4, None, "people", 4], "weakest", "stage"), "advanced"),
    ],
)
def test_maturity(arguments: tuple[object, ...], shown: object) -> None:
    assert named("SOP_MATURITY")(*arguments) == shown


def test_the_stages_are_five() -> None:
    assert [named("SOP_MATURITY")([n], "mean", "stage") for n in range(1, 6)] == list(STAGES)


@pytest.mark.parametrize("stages", [[0, 3], [3, 6]])
def test_a_stage_is_from_one_to_five(stages: list[int]) -> None:
    with pytest.raises(CellError, match="#NUM!: SOP_MATURITY: stages"):
        named("SOP_MATURITY")(stages)


def test_without_an_answer_there_is_no_maturity() -> None:
    with pytest.raises(CellError, match="#N/A: SOP_MATURITY"):
        named("SOP_MATURITY")([None, ""])


# ---- fill rate and cash flow ---------------------------------------------------------------------


def test_sending_more_of_one_item_fills_no_other() -> None:
    assert named("SOP_FILL")([120, 50], [100, 100]) == 0.75
    # 10,000 a lot, 25.13 of them short: Chopra and Meindl, B&M
    assert named("SOP_FILL")(10_000 - 25.13, 10_000) == pytest.approx(0.9975, abs=5e-5)


def test_a_line_of_which_a_number_is_missing_is_left_out() -> None:
    assert named("SOP_FILL")([80, None, 50], [100, 100, "?"]) == 0.8
    with pytest.raises(CellError, match="not enough"):
        named("SOP_FILL")([0, 0], [0, 0])


def test_operating_cash_flow_to_sales() -> None:
    found = named("SOP_OCF_SALES")([[120, -50, 10]], [[1000, 1000, 0]])

    assert np.asarray(found, dtype=float).ravel() == pytest.approx(
        [0.12, -0.05, np.nan], nan_ok=True
    )


def test_working_capital() -> None:
    assert named("SOP_WC")(500, 300) == 200
    assert named("SOP_WC")(300, 500) == -200
