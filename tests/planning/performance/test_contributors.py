"""Who made the forecast better, by hand; the contributors sum to the stair-step."""

import pandas as pd
import pytest

from sop_xl.planning.performance.contributors import contributors
from sop_xl.planning.performance.stair_steps import value_added
from sop_xl.tables.contributors import PAST_AUTHORS
from sop_xl.tables.data import HISTORY, PAST_PLANS
from tests.planning.rows import axis, rows

WHEN = axis("2026-04", history=4, horizon=2)
LEVEL = ("family", "region")
DEMAND = rows([*HISTORY.for_level(LEVEL).columns], """
    period   family  region  orders
    2025-12  Skis    North   90
    2025-12  Skis    South   60
    2026-01  Skis    North   90
    2026-01  Skis    South   60
    2026-02  Skis    North   100
    2026-02  Skis    South   50
    2026-03  Skis    North   100
    2026-03  Skis    South   100
""")  # fmt: skip
PLANS = rows(PAST_PLANS.columns, """
    cycle    period   family  region  channel  consensus  baseline  drivers  sales  marketing
    2026-02  2026-03  Skis    North   All      95         80        0        20     -5
    2026-02  2026-03  Skis    South   All      130        100       0        30     .
    2026-01  2026-02  Skis    North   All      100        100       0        .      .
    2026-01  2026-02  Skis    South   All      60         50        0        10     .
""")  # fmt: skip
AUTHORS = rows(PAST_AUTHORS.columns, """
    cycle    period   family  region  channel  layer      author
    2026-01  2026-03  Skis    North   All      sales      Old
    2026-02  2026-03  Skis    North   All      sales      Ann
    2026-03  2026-03  Skis    North   All      sales      Late
    2026-02  2026-03  Skis    South   All      sales      Bob
    2026-02  2026-03  Skis    North   All      marketing  Cleo
""")  # fmt: skip


def test_gains_and_losses_by_hand() -> None:
    found = contributors(DEMAND, PLANS, AUTHORS, LEVEL, WHEN, [1])
    # March, North: 80 -> 100 of 100 by Ann (+20), then 95 by Cleo (-5); South: 100 -> 130 of 100
    # by Bob (-30); February, South: 50 -> 60 of 50, no name kept (-10); demand 350 in all
    assert found[["who", "step", "gained"]].to_numpy().tolist() == [
        ["Ann", "+ Sales", 20.0], ["Cleo", "+ Marketing", -5.0], ["Sales", "+ Sales", -10.0],
        ["Bob", "+ Sales", -30.0],
    ]  # fmt: skip
    assert found["place"].tolist() == [1, 2, 3, 4]
    assert found["added"].to_list() == pytest.approx([20 / 350, -5 / 350, -10 / 350, -30 / 350])
    assert found["closer"].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_contributors_sum_to_the_step() -> None:
    found = contributors(DEMAND, PLANS, AUTHORS, LEVEL, WHEN, [1])
    steps = value_added(DEMAND, PLANS, LEVEL, WHEN, [1]).set_index("step")["added"]
    sums = found.groupby("step")["added"].sum()
    assert sums["+ Sales"] == pytest.approx(steps["+ Sales"])
    assert sums["+ Marketing"] == pytest.approx(steps["+ Marketing"])


def test_without_plans_nobody_is_measured() -> None:
    nothing = pd.DataFrame(PLANS[:0])
    assert contributors(DEMAND, nothing, AUTHORS, LEVEL, WHEN, [1, 2]).empty
