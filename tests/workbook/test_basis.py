"""The sentence that says which plan stock and money rest on."""

from __future__ import annotations

import pandas as pd
import pytest

from sop_xl.planning.supply.constrained import constrained_total
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import CONSTRAINED_PLAN
from sop_xl.tables.supply import SUPPLY_PLAN
from sop_xl.workbook.pages.basis import basis
from tests.planning.rows import axis, grid, plan_row

WHEN = axis("2026-01", history=1, horizon=3)


def frames(possible: list[float], adopted: list[float]) -> dict[str, pd.DataFrame]:
    plan = grid(SUPPLY_PLAN, WHEN, {
        "Bikes": {"net_stock": [50.0, 40, 40], "adopted": adopted},
        "Parts": {"net_stock": [900.0, 900, 900]},
    })  # fmt: skip
    held = grid(CONSTRAINED_PLAN, WHEN, {
        "Bikes": {"net_stock": possible}, "Parts": {"net_stock": [900.0, 900, 900]}
    })  # fmt: skip
    return {"supply_plan": plan, "constrained_total": constrained_total(WHEN, held, plan)}


NONE = [float("nan")] * 3


@pytest.mark.parametrize(
    ("possible", "adopted", "text"),
    [
        # 20 and then 60 bikes behind the plan, and all made up in March
        ([30.0, -20, 40], NONE, "Unconstrained plan: 60 pcs of it cannot be made in time"),
        ([50.0, 40, 40], NONE, "Unconstrained plan: all of it can be made"),
        ([50.0, 40, 40], [100.0, 0, 0], "Adopted plan: all of it can be made"),
    ],
)
def test_which_plan_and_what_of_it_cannot_be_made(
    possible: list[float], adopted: list[float], text: str
) -> None:
    assert basis(frames(possible, adopted), Settings()) == text


def test_units_behind_the_plan() -> None:
    total = frames([30.0, -20, 40], NONE)["constrained_total"]
    assert plan_row(total, WHEN, "behind") == [20, 60, 0]
