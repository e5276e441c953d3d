"""Two plans compared: every effect by hand on small companies, then the laws of a bridge."""


import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.calendar import Calendar
from sop_xl.planning.finance.compared import SHOWN, at_level, compare
from sop_xl.planning.finance.effects import EFFECTS
from sop_xl.schema import Column, Role, Unit
from tests.planning.rows import rows

COLUMNS = (
    Column("family", "Family", role=Role.KEY, help="Family."),
    Column("region", "Region", role=Role.KEY, help="Region."),
    Column("period", "Period", Unit.PERIOD, help="Month."),
    *(Column(name, name, Unit.MONEY, help="Number.")
      for name in ("volume", "revenue", "cost_of_sales", "rate")),
)  # fmt: skip
KEYS = ("family", "region")


def plan(text: str) -> pd.DataFrame:
    return rows(COLUMNS, text).assign(rate=lambda frame: frame["rate"].fillna(1.0))


def steps(before: str, after: str, result: str = "revenue", year: bool = False) -> dict[str, float]:
    """The steps of the bridge in total that are not zero."""
    cents = compare(
        plan(before), plan(after), KEYS, result="margin" if result == "margin" else "revenue",
        calendar=Calendar() if year else None,
    ).cents  # fmt: skip
    total = at_level(cents, []).iloc[0]
    assert total["before"] + total[list(EFFECTS)].sum() == pytest.approx(total["after"], abs=1e-6)
    return {name: float(total[name]) for name in SHOWN if total[name]}


BUDGET = """
family  region  period   volume  revenue
ABC     North   2026-01  50      60
DEF     North   2026-01  40      32
"""
ACTUAL = """
family  region  period   volume  revenue
ABC     North   2026-01  60      66
def     north   2026-01  50      50
"""


def test_the_published_example_to_the_cent() -> None:
    # freemathhelp.com prints 4.0, 20.4, -0.4 in total; ABC -6.00 13.33 -1.33, DEF 10 7.11 0.89
    found = compare(plan(BUDGET), plan(ACTUAL), KEYS)
    assert found.findings == []
    assert found.cents["family"].tolist() == ["ABC", "DEF"]
    assert found.cents[["price", "volume", "mix"]].to_numpy().tolist() == [
        [-600, 1333, -133], [1000, 711, 89],
    ]  # fmt: skip
    assert steps(BUDGET, ACTUAL) == {
        "before": 92, "price": 4, "volume": 20.44, "mix": -0.44, "after": 116,
    }  # fmt: skip


def test_units_that_move_within_the_year_are_timing() -> None:
    # 100 units a month at 2; after, 20 of January's are sold in February; nothing else changed
    before = """
    family  region  period   volume  revenue
    Bikes   North   2026-01  100     200
    Bikes   North   2026-02  100     200
    """
    after = before.replace("2026-01  100     200", "2026-01  80      160").replace(
        "2026-02  100     200", "2026-02  120     240"
    )
    by_month = at_level(
        compare(plan(before), plan(after), KEYS, calendar=Calendar()).cents, ["period"]
    )
    assert by_month["timing"].tolist() == [-40, 40]
    assert by_month[["volume", "mix", "price"]].to_numpy().any() == np.False_
    assert steps(before, after, year=True) == {"before": 400, "after": 400}
    # where each month stands alone, the same units are volume
    alone = at_level(compare(plan(before), plan(after), KEYS).cents, ["period"])
    assert alone["volume"].tolist() == [-40, 40]


def test_a_margin_has_cost_and_currency() -> None:
    # 10 units at 4 USD, rate 0.5, cost 1; after 12 at 5 USD, rate 0.6, cost 1.5, in EUR:
    # volume 2 x (2 - 1) = 2; price 1 x 12 x 0.5 = 6; currency 60 x 0.1 = 6; cost -0.5 x 12 = -6
    before, after = (
        f"""
        family  region  period   volume  revenue  cost_of_sales  rate
        Bikes   North   2026-01  {cells}
        """
        for cells in ("10      40       10             0.5", "12      60       18             0.6")
    )
    assert steps(before, after, "margin") == {
        "before": 10, "price": 6, "volume": 2, "cost": -6, "currency": 6, "after": 18,
    }  # fmt: skip


def test_new_and_discontinued_families_stand_apart() -> None:
    gone = "family  region  period   volume  revenue\nOld     North   2026-01  10      50"
    come = "family  region  period   volume  revenue\nNew     North   2026-01  7       14"
    assert steps(gone, come) == {"before": 50, "new": 14, "discontinued": -50, "after": 14}


def test_returns_are_volume_outside_the_mix() -> None:
    # Tents come back: 5 sold at 3 before, 5 returned at 3 after; -10 x 3 is volume
    before = BUDGET + "Tents   North   2026-01  5       15"
    after = ACTUAL + "Tents   North   2026-01  -5      -15"
    found = compare(plan(before), plan(after), KEYS)
    assert found.cents.iloc[2][list(EFFECTS)].tolist() == [0, -3000, 0, 0, 0, 0, 0, 0]
    assert found.cents.iloc[:2]["mix"].tolist() == [-133, 89]
    assert [str(finding) for finding in found.findings] == [
        "warning: after: Tents North (Jan 2026): more returns than sales: their units count as"
        " volume, outside the mix. See whether the returns belong to this month."
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Tents   North   2026-01  5       .        2", "units without a price: they bring"),
        ("Tents   North   2026-01  5       0        2", "units without a price: they bring"),
        ("Tents   North   2026-01  .       9        .", "revenue without units: it counts as"),
        ("Tents   North   2026-01  5       9        .", "units without a cost: all of their"),
        ("Tents   North   2026-01  5       9        12", "a cost above the price"),
    ],
)
def test_odd_rows_are_told_and_the_total_still_ties(row: str, told: str) -> None:
    heading = "family  region  period   volume  revenue  cost_of_sales"
    before = f"{heading}\nTents   North   2026-01  5       10       6"
    after = f"{heading}\n{row}"
    found = compare(plan(before), plan(after), KEYS, result="margin", names=("AOP", "plan"))
    assert any(f.message.startswith(f"Tents North (Jan 2026): {told}") for f in found.findings)
    assert {finding.table for finding in found.findings} == {"plan"}
    steps(before, after, "margin")


def test_a_budget_of_another_calendar_is_compared_where_both_have_months() -> None:
    longer = BUDGET + "ABC     North   2026-02  50      60\nABC     North   2026-03  50      60"
    found = compare(plan(longer), plan(ACTUAL), KEYS, names=("AOP", "plan"))
    assert at_level(found.cents, [])[["before", "after"]].to_numpy().tolist() == [[92, 116]]
    assert [f.message for f in found.findings] == [
        "2 months of AOP (Feb 2026 to Mar 2026) have no counterpart in plan: the comparison leaves"
        " them out."
    ]
    nothing = compare(plan(BUDGET), plan(ACTUAL.replace("2026-01", "2027-01")), KEYS)
    assert nothing.cents.empty
    assert len(nothing.findings) == 2


def test_a_missing_rate_is_told() -> None:
    before, after = (
        rows(COLUMNS, f"family  region  period   volume  revenue  rate\n{a}\n{b}")
        for a, b in (
            ("A       North   2026-01  5       10       2", "B       X       2026-01  1  7  ."),
            ("A       North   2026-01  5       12       .", "B       X       2026-01  1  8  ."),
        )
    )
    found = compare(before, after, KEYS)
    assert [finding.message for finding in found.findings] == [
        "B X: no rate to the house currency: their revenue counts as nothing.",
        "B X: no rate to the house currency: their revenue counts as nothing.",
        "A North: no rate to the house currency: that of the other plan holds.",
    ]
    assert at_level(found.cents, []).iloc[0][["before", "price", "after"]].tolist() == [20, 4, 24]


def test_a_family_that_moved_is_told() -> None:
    # ABC was in the North and is in the South now; DEF is in both
    found = compare(plan(BUDGET), plan(ACTUAL.replace("ABC     North", "ABC     South")), KEYS)
    assert [finding.message for finding in found.findings] == [
        "ABC: no row has the same region in after as in before. The comparison shows them as"
        " discontinued there and as new here."
    ]
    total = at_level(found.cents, []).iloc[0]
    assert total[["before", "new", "discontinued", "after"]].tolist() == [92, 66, -60, 116]


def test_nothing_to_compare_is_an_empty_bridge() -> None:
    for before, after in ((plan(""), plan(ACTUAL)), (plan(""), plan(""))):
        found = compare(before, after, KEYS, calendar=Calendar())
        assert found.cents.empty
        assert at_level(found.cents, [])[list(SHOWN)].to_numpy().tolist() == [[0.0] * len(SHOWN)]


# ---- laws ----------------------------------------------------------------------------------------

cells = st.tuples(
    st.sampled_from(["Bikes", "Tents", "bikes", "Parts"]),
    st.sampled_from(["North", "South"]),
    st.sampled_from(list(pd.period_range("2026-11", periods=4, freq="M"))),
    st.one_of(st.integers(-50, 2000), st.none()),
    st.one_of(st.floats(-1e6, 1e6, allow_subnormal=False), st.none()),
    st.one_of(st.floats(0, 1e6, allow_subnormal=False), st.none()),
    st.sampled_from([1.0, 0.5, 1.2345]),
)
plans = st.lists(cells, min_size=1, max_size=20)
Cells = list[tuple[object, ...]]


def frame(sold: Cells) -> pd.DataFrame:
    names = [column.name for column in COLUMNS]
    found = pd.DataFrame(sold, columns=names)
    return found.astype(dict.fromkeys(names[3:], "float64") | dict.fromkeys(KEYS, "str"))


@settings(deadline=None, max_examples=40)
@given(plans, plans, st.booleans(), st.sampled_from([(), ("region",)]))
def test_every_row_and_every_level_ties_out_to_the_cent(
    first: Cells, last: Cells, margin: bool, group: tuple[str, ...]
) -> None:
    before, after = frame(first), frame(last)
    cents = compare(
        before, after, KEYS, result="margin" if margin else "revenue", calendar=Calendar(),
        group=group,
    ).cents  # fmt: skip

    assert (cents["before"] + cents[list(EFFECTS)].sum(axis=1) == cents["after"]).all()
    both = set(before["period"]) & set(after["period"])
    for side, name in ((before, "before"), (after, "after")):
        of_both = side[side["period"].isin(both)].fillna(0.0)
        cost = of_both["cost_of_sales"] if margin else 0.0
        # the rate of the last row of a key and month holds for all of it
        keys = [of_both[key].str.lower() for key in KEYS] + [of_both["period"]]
        rate = of_both.groupby(keys)["rate"].transform("last")
        expected = (of_both["revenue"] * rate - cost).sum()
        assert cents[name].sum() / 100 == pytest.approx(expected, abs=0.011)


@settings(deadline=None, max_examples=40)
@given(plans, plans)
def test_the_order_of_adding_up_does_not_matter(first: Cells, last: Cells) -> None:
    cents = compare(frame(first), frame(last), KEYS).cents
    shown = list(SHOWN)
    at_once = at_level(cents, [])[shown].to_numpy()
    by_region = cents.groupby("region", as_index=False)[shown].sum()
    by_family_then_month = (
        cents.groupby(["family", "period"], as_index=False)[shown].sum()
        .groupby("period", as_index=False)[shown].sum()
    )  # fmt: skip
    for rolled in (cents.sample(frac=1, random_state=1), by_region, by_family_then_month):
        assert (at_level(rolled, [])[shown].to_numpy() == at_once).all()


def test_the_effects_of_a_large_company_lead_from_before_to_after() -> None:
    # 300 families x 10 regions x 36 months, twice
    draw = np.random.default_rng(3)
    keys = pd.MultiIndex.from_product(
        [[f"F{n}" for n in range(300)], [f"R{n}" for n in range(10)],
         pd.period_range("2026-01", periods=36, freq="M")], names=["family", "region", "period"],
    ).to_frame(index=False).astype(dict.fromkeys(KEYS, "str"))  # fmt: skip
    before, after = (
        keys.assign(
            volume=draw.integers(0, 1000, len(keys)), revenue=draw.uniform(1, 1e4, len(keys)),
            cost_of_sales=draw.uniform(0, 1e4, len(keys)),
        )
        for _ in range(2)
    )  # fmt: skip
    cents = compare(before, after, KEYS, result="margin", calendar=Calendar()).cents
    top = at_level(cents, [])
    assert (cents["before"] + cents[list(EFFECTS)].sum(axis=1) == cents["after"]).all()
    assert top[["before", *EFFECTS]].iloc[0].sum() == pytest.approx(top["after"][0], abs=1e-5)
