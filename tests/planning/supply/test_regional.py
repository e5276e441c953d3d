"""What can be sold of a family by region: shared out by hand, exact in every month."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.frames import Numbers, across
from sop_xl.planning.hierarchy import level_grid
from sop_xl.planning.supply.regional import constrained_region, findings, regional_shares
from sop_xl.tables.finance import FINANCE_REGION
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import CONSTRAINED_PLAN
from tests.planning.rows import axis, grid, plan_row

WHEN = axis("2026-01", history=1, horizon=2)


@pytest.mark.parametrize(
    ("rule", "north", "south"),
    [("fair_share", [50.0, 50], [25.0, 65]),  # 60 and 30 of 90 wanted, 75 sold; then all the rest
     ("priority", [45.0, 55], [30.0, 60]),  # the south first
     ("margin", [60.0, 40], [15.0, 75])],  # the north earns 5, the south 4
)  # fmt: skip
def test_regions_share_what_can_be_sold(
    rule: str, north: list[float], south: list[float]
) -> None:
    """Wanted are 60 and 30 in January, 40 and 60 in February; 75 can be sold, then 115."""
    plan = grid(CONSTRAINED_PLAN, WHEN, {"Bikes": {"sales": [75.0, 115.0]}})
    cells = {
        "North": {"volume": [60.0, 40], "price": [20.0] * 2, "margin": [300.0, 200]},
        "South": {"volume": [30.0, 60], "price": [30.0] * 2, "margin": [120.0, 240]},
    }
    blocks = pd.DataFrame({"family": ["Bikes"] * 2, "region": list(cells)})
    measures = {
        part: across(WHEN, plan=np.array([cells[name][part] for name in cells]))
        for part in ("volume", "price", "margin")
    }
    regions = level_grid(FINANCE_REGION, blocks, WHEN, measures)
    company = Settings(allocation=rule, region_priority=("south",))
    found = constrained_region(WHEN, company, regions, plan)
    for name, sold in (("North", north), ("South", south)):
        volume, price = (np.array(cells[name][part]) for part in ("volume", "price"))
        gap = np.array(sold) - volume
        # shares are rounded to millionths
        shown = plan_row(found, WHEN, "sales", family="Bikes", region=name)
        assert shown == pytest.approx(sold, abs=1e-3)
        shown = plan_row(found, WHEN, "gap_revenue", family="Bikes", region=name)
        assert shown == pytest.approx(gap * price, abs=0.05)


UNITS = st.lists(st.lists(st.floats(0, 1e4), min_size=3, max_size=3), min_size=4, max_size=4)


@given(volume=UNITS, part=st.lists(st.floats(0, 2), min_size=6, max_size=6),
       ranks=st.lists(st.sampled_from([0.0, 1.0, 2.0]), min_size=4, max_size=4))  # fmt: skip
def test_the_shares_of_a_family_are_one(
    volume: list[list[float]], part: list[float], ranks: list[float]
) -> None:
    """Whatever is asked for and sold: by the largest remainder, in millionths."""
    units: Numbers = np.array(volume)
    family = np.array([0, 0, 1, 1])
    sold = np.array(part).reshape(2, 3) * 100
    shares = regional_shares(units, sold, family, np.array(ranks))
    assert (shares >= 0).all()
    for one in (0, 1):
        millionths = np.round(shares[family == one] * 1e6)
        assert millionths.sum(axis=0).tolist() == [1e6] * 3


def test_a_region_that_the_plan_does_not_have_is_told() -> None:
    regions = pd.DataFrame({"region": ["North", "South"]})
    assert findings(Settings(region_priority=("south",)), regions) == []
    [found] = findings(Settings(region_priority=("South", "West")), regions)
    assert (found.table, found.message) == (
        "settings", "region_priority: the plan has no region West; it serves nobody first."
    )  # fmt: skip
    assert found.remedy == "Write the regions in sop.toml as the plan does: North, South."
