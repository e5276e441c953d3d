"""The bridge of the sheet PVM: its effects by hand, and that it sums to the cent."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.calendar import Axis, Calendar
from sop_xl.planning.finance.bridge_view import bridge
from sop_xl.planning.finance.windows import Months, windows
from sop_xl.planning.finance.windows import months as months_of
from sop_xl.tables.finance import FINANCE_FAMILY
from sop_xl.tables.recon import (
    AOP,
    EFFECT_NAMES,
    LAST_YEAR,
    MARGIN,
    PLANNED,
    PRIOR,
    REVENUE,
    SCENARIO,
)
from tests.planning.rows import grid

WHEN = Axis(Calendar(), pd.Period("2026-01", "M"), 1, 2)
ALL_YEAR = Months(*(np.array([False, True, True]),) * 5)


def families(cells: dict[str, dict[str, list[float]]]) -> pd.DataFrame:
    return grid(FINANCE_FAMILY, WHEN, cells)


def effects(frame: pd.DataFrame) -> dict[str, float]:
    return {name: round(float(frame[name].sum()), 2) for name in EFFECT_NAMES if frame[name].any()}


def sold(now: tuple[float, float], then: tuple[float, float], cost: float = 0.0,
         cost_then: float = 0.0) -> dict[str, list[float]]:
    """Units and price now, units and price in the AOP: half of it in each of two months."""
    (v1, p1), (v0, p0) = now, then
    return {
        "volume": [v1 / 2] * 2, "revenue": [v1 * p1 / 2] * 2,
        "constant_revenue": [v1 * p1 / 2] * 2, "full_cost": [v1 * cost / 2] * 2,
        "aop_quantity": [v0 / 2] * 2, "aop_revenue": [v0 * p0 / 2] * 2,
        "aop_margin": [v0 * (p0 - cost_then) / 2] * 2,
    }  # fmt: skip


def test_price_volume_and_mix_by_hand() -> None:
    # V0 = 90, V1 = 110: A 1.2 x 50 -> 1.1 x 60, B 0.8 x 40 -> 1.0 x 50
    frame = families({"A": sold((60, 1.1), (50, 1.2)), "B": sold((50, 1.0), (40, 0.8))})
    found = bridge(frame, ALL_YEAR, AOP, REVENUE)
    # price -0.1 x 60 + 0.2 x 50 = 4; volume (110/90 - 1) x 92 = 20.44;
    # mix (60 - 61.11) x 1.2 + (50 - 48.89) x 0.8 = -0.44
    assert effects(found) == {"price": 4.0, "volume": 20.44, "mix": -0.44}
    assert (found["before"].sum(), found["after"].sum()) == (92.0, 116.0)


def test_cost_and_margin_by_hand() -> None:
    frame = families({"A": sold((100, 10.0), (80, 10.0), cost=7.0, cost_then=6.0)})
    found = bridge(frame, ALL_YEAR, AOP, MARGIN)
    # 20 more units earn 4 each; 100 units cost 1 more each
    assert effects(found) == {"volume": 80.0, "cost": -100.0}
    assert (found["before"][0], found["after"][0]) == (320.0, 300.0)


def test_what_comes_and_what_goes_stands_apart() -> None:
    frame = families({"Came": sold((10, 5.0), (0, 0.0)), "Went": sold((0, 0.0), (4, 2.0))})
    found = bridge(frame, ALL_YEAR, AOP, REVENUE)
    assert effects(found) == {"new": 50.0, "discontinued": -8.0}
    assert found["kind"].tolist() == ["new", "gone"]


def test_currency_is_what_other_rates_make() -> None:
    cells = sold((100, 11.0), (100, 12.0))
    cells["constant_revenue"] = [600.0, 600.0]  # 1,100 now, 1,200 at the rate of the AOP
    found = bridge(families({"A": cells}), ALL_YEAR, AOP, REVENUE)
    assert effects(found) == {"currency": -100.0}


def test_units_that_move_within_the_year_are_timing() -> None:
    cells = sold((100, 10.0), (100, 10.0))
    cells["volume"], cells["revenue"] = [30.0, 70.0], [300.0, 700.0]
    cells["constant_revenue"] = cells["revenue"]
    first = np.array([False, True, False])
    year = np.array([False, True, True])
    found = bridge(families({"A": cells}), Months(year, first, first, year, year), AOP, REVENUE)
    assert effects(found) == {"timing": -200.0}
    assert effects(bridge(families({"A": cells}), ALL_YEAR, AOP, REVENUE)) == {}


def test_returns_are_volume_outside_the_mix() -> None:
    cells = {"A": sold((-10, 5.0), (20, 5.0)), "B": sold((100, 5.0), (100, 5.0))}
    found = bridge(families(cells), ALL_YEAR, AOP, REVENUE)
    assert effects(found) == {"volume": -150.0}
    assert found["kind"].tolist() == ["returns", "both"]


NUMBER = st.one_of(st.just(0.0), st.floats(-50, 5000).map(lambda x: round(x, 2)))
MEASURES = (
    "volume", "revenue", "constant_revenue", "full_cost", "aop_quantity", "aop_revenue",
    "aop_margin", "prior_volume", "prior_revenue", "prior_constant", "prior_cost",
)  # fmt: skip


@settings(max_examples=60)
@given(st.data(), st.sampled_from([AOP, PRIOR, PLANNED]), st.sampled_from([REVENUE, MARGIN]))
def test_every_bridge_sums_to_the_cent(data: st.DataObject, compared: str, result: str) -> None:
    cells = {
        name: {m: data.draw(st.lists(NUMBER, min_size=2, max_size=2)) for m in MEASURES}
        for name in ("A", "B", "C")
    }
    first = np.array([False, True, False])
    year = np.array([False, True, True])
    found = bridge(families(cells), Months(year, first, first, year, year), compared, result)
    effects_ = found[list(EFFECT_NAMES)]
    cents = (found[["before", "after"]] * 100).round().astype("int64")
    steps = (effects_ * 100).round().astype("int64").sum(axis=1)
    assert (cents["before"] + steps == cents["after"]).all()
    assert (cents["before"].sum() + steps.sum()) == cents["after"].sum()
    assert np.abs(found["proof"]).max() < 1e-6  # the exact effects make the change, too
    assert (effects_["volume"] - found["exact_volume"]).abs().max() < 0.05


def test_windows_lie_within_fiscal_years() -> None:
    axis = Axis(Calendar(fiscal_year_start=4), pd.Period("2026-10", "M"), 6, 12)
    found = {one.name: (str(one.first), str(one.last)) for one in windows(axis)}
    assert found["Full year 2027"] == ("2026-04", "2027-03")
    assert found["Year to date 2027"] == ("2026-04", "2026-09")
    assert found["Year to go 2027"] == ("2026-10", "2027-03")
    assert found["Q3 2027"] == ("2026-10", "2026-12")
    assert found["Oct 2026"] == ("2026-10", "2026-10")
    assert found["Full year 2028"] == ("2027-04", "2027-09")


@pytest.mark.parametrize(
    ("compared", "inside", "before"),
    [
        (AOP, "2026-02 2026-03", "2026-02 2026-03"),
        (PRIOR, "2026-02 2026-03", "2026-02 2026-03"),
        (LAST_YEAR, "2026-01 2026-02 2026-03", "2025-01 2025-02 2025-03"),
        (PLANNED, "2026-01 2026-02", "2026-01 2026-02"),
        (SCENARIO, "2026-03", "2026-03"),
    ],
)
def test_only_months_that_both_sides_know_are_compared(
    compared: str, inside: str, before: str
) -> None:
    axis = Axis(Calendar(), pd.Period("2026-03", "M"), 14, 2)
    periods = axis.periods
    found = months_of(
        axis, compared, next(w for w in windows(axis) if w.name == "Q1 2026"),
        budgeted=np.asarray(periods >= pd.Period("2026-02", "M")),
        planned_before=np.asarray(periods >= pd.Period("2026-01", "M")),
        in_scenario=np.asarray(periods >= pd.Period("2026-03", "M")),
        prior_cycle=pd.Period("2026-02", "M"),
    )
    assert " ".join(periods[found.inside].astype(str)) == inside
    assert " ".join(periods[found.before].astype(str)) == before
