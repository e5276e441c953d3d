"""What an adopted plan fills in, what it writes over, and what clearing it leaves."""

from __future__ import annotations

import numpy as np
import pytest

from sop_xl.planning.supply.strategies.adoption import adoption, only_ours, typed_over
from sop_xl.tables.strategy import STRATEGY_HOURS, STRATEGY_PLAN
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.rows import axis, grid, typed

WHEN = axis("2026-01", history=1, horizon=2)
PLANS = grid(STRATEGY_PLAN, WHEN, {
    "Bikes": {"production_level": [50, 40], "subcontracted_level": [0, 8]},
})  # fmt: skip
HOURS = grid(STRATEGY_HOURS, WHEN, {
    "Frame": {"hours_level": [130, 90], "available_current": [100, 100]},
})  # fmt: skip
TYPED = """
    family  period   adopted  subcontracted
    Bikes   2026-01  .        12
    Bikes   2026-02  33       8
"""


def test_a_plan_fills_output_what_is_bought_and_hours_beyond_regular_ones() -> None:
    cells = adoption(WHEN, "level", PLANS, HOURS)
    assert cells.supply["adopted"].tolist() == [50, 40]
    assert cells.supply["subcontracted"].tolist() == pytest.approx([np.nan, 8], nan_ok=True)
    assert cells.capacity["adopted_hours"].tolist() == pytest.approx([30, np.nan], nan_ok=True)


def test_what_people_typed_is_named_unless_it_stays_the_same() -> None:
    new = adoption(WHEN, "level", PLANS, HOURS).supply
    held = typed(SUPPLY_PLAN, TYPED)
    assert typed_over(held, new, "family", set()) == [
        "Bikes: Adopted plan Feb 2026 33", "Bikes: + Subcontracted Jan 2026 12",
    ]  # fmt: skip
    ours = {("Bikes", "2026-02", "adopted")}
    assert typed_over(held, new, "family", ours) == ["Bikes: + Subcontracted Jan 2026 12"]


def test_clearing_leaves_what_people_bought() -> None:
    cells = adoption(WHEN, "none", PLANS, HOURS)
    ours = {("Bikes", "2026-02", "subcontracted")}
    left = only_ours(typed(SUPPLY_PLAN, TYPED), cells.supply, ours)
    assert left["adopted"].isna().all()
    assert left["subcontracted"].tolist() == pytest.approx([12, np.nan], nan_ok=True)
    assert cells.capacity["adopted_hours"].isna().all()
    assert "adopted_hours" in CAPACITY.names


def test_a_plan_that_is_not_there_cannot_be_adopted() -> None:
    with pytest.raises(ValueError, match="there is no mixed plan"):
        adoption(WHEN, "mixed", PLANS, HOURS)
