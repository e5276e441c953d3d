"""Each kind of exception by hand, and how they are ranked."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.review.capacity import capacity_shortages, too_full
from sop_xl.planning.review.demand import (
    aop_gaps,
    biased_forecasts,
    big_changes,
    large_deals,
    unexplained_changes,
)
from sop_xl.planning.review.exceptions import SHOWN, Issue, ranked
from sop_xl.planning.review.limited_stock import limited_stock
from sop_xl.planning.review.materials import late_materials
from sop_xl.planning.review.money import missed_years, old_data, short_cash
from sop_xl.planning.review.stock import stock_issues
from sop_xl.tables.cash import CASH_FLOW
from sop_xl.tables.data import BILL, COMPLETENESS, HISTORY, PAST_PLANS, PIPELINE, RESOURCES
from sop_xl.tables.demand import DEMAND_PLAN, DEMAND_TOTAL
from sop_xl.tables.finance import FINANCE_FAMILY, FINANCE_TOTAL
from sop_xl.tables.materials import MATERIAL_MESSAGES
from sop_xl.tables.review import EXCEPTIONS
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import CONSTRAINED_PLAN, CONSTRAINTS, GAP_OPTIONS
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.rows import axis, grid, rows

WHEN = axis("2026-01", history=2, horizon=6)
SETTINGS = Settings(planning_level=("family",), large_deal=100_000, tolerance=0.02)
PRICES = {"Bikes": 400.0, "Parts": 5.0}
MARGINS = {
    "Bikes": {"price": [400.0] * 6, "unit_cost": [250.0] * 6},
    "Parts": {"price": [5.0] * 6, "unit_cost": [2.0] * 6},
}


GAPS = """
    constraint  kind      subject  what                                start    end      size  units  margin  proposal
    One         resource  Press    Press lacks 50 h in Feb: 8 late.    2026-02  2026-03  50    8      1200    Nothing pays.
    Two         resource  Paint    Paint lacks 10 h in May: covered.   2026-05  2026-05  10    0      0       Move.
    Gone        .         .        Not found.                          .        .        .     .      .       .
"""  # noqa: E501


def shortages(
    options: str = "resource  pays  in_time", limit: float = 1.0, gaps: str = GAPS
) -> list[Issue]:
    """The capacity issues of a press that lacks hours in February and March."""
    load, available = [95.0, 130, 120, 90, 80, 80], [100.0] * 6
    gap = np.subtract(available, load).tolist()
    press = {"load": load, "available": available, "gap": gap}
    capacity = grid(CAPACITY, WHEN, {"Press": press})
    company = replace(SETTINGS, utilisation_limit=limit)
    rates = rows(RESOURCES.columns, "resource  machines  cost_per_hour\nPress     1         40")
    register = rows(CONSTRAINTS.columns, gaps)
    listed = rows(GAP_OPTIONS.columns, options)
    return [
        *capacity_shortages(company, capacity, rates, register, listed),
        *too_full(WHEN, company, capacity),
    ]


def test_every_gap_of_the_register_is_one_exception_with_its_hours_and_money() -> None:
    press, paint = shortages()
    assert (press.exception, press.period) == (
        "Capacity short: Press from Feb 2026", pd.Period("2026-02"),
    )  # fmt: skip
    assert (press.size, press.size_unit, press.value) == (-50, "h", 1200)
    assert press.message == (
        "Press is 125.0 % loaded in Feb 2026 to Mar 2026, 50 h short: 8 late; 1,200 EUR of margin "
        "late or lost."
    )
    assert press.option == "Nothing pays."
    # stock covers it: no money is at stake
    assert (paint.value, paint.message.endswith("10 h short: covered.")) == (0, True)
    assert "without hours" in paint.message  # the capacity grid does not know it


def test_what_is_proposed_pays_and_comes_in_time() -> None:
    options = """
        resource  period   option       covers  cost  gain  pays      rank  in_time
        Press     2026-02  move later   50      900   999   ● yes     1     ■ no
        Press     2026-02  overtime     20      1000  1050  ● yes     2     ▲ in part
        Press     2026-02  by margin    0       0     40    ● yes     3     ● yes
        Press     2026-02  subcontract  50      9000  999   ■ no      4     ● yes
        Press     2026-05  extra shift  50      100   900   ● yes     1     ● yes
    """
    issue = shortages(options)[0]
    assert issue.option == (
        "Overtime: 20 h for 1,000 EUR; by margin: saves 40 EUR of margin. All of them with dates: "
        "Options."
    )


def test_without_a_margin_the_hours_are_worth_their_cost() -> None:
    issue = shortages(gaps=GAPS.replace("1200", "0   "))[0]
    assert issue.value == 50 * 40
    assert "the missing hours cost 2,000 EUR" in issue.message


def test_a_limit_of_the_company_warns_and_makes_no_gap() -> None:
    """95 h of 100 in January are above 85 %, and so are 90 in April; no hours are short there."""
    full = [issue for issue in shortages(limit=0.85) if issue.exception.startswith("Too full")]
    months = ["Jan 2026", "Apr 2026"]
    assert [issue.exception for issue in full] == [f"Too full: Press from {at}" for at in months]
    assert [issue.size for issue in full] == pytest.approx([-10, -5])
    assert all(np.isnan(issue.value) for issue in full)
    assert "95.0 % loaded in Jan 2026: 10 h above the limit of 85 %" in full[0].message
    assert len([i for i in shortages(limit=0.85) if i.exception.startswith("Capacity")]) == 2


def test_cash_below_the_reserve_is_one_exception_for_each_run_of_months() -> None:
    cash = grid(CASH_FLOW, WHEN, {"": {"headroom": [50, 20, -10, 40, 30, 5]}})
    unknown = cash.copy()
    cash.loc[cash["period"] == WHEN.opening, "closing"] = 9.0
    company = Settings(cash_reserve=30.0, currency="EUR")
    first, second = short_cash(WHEN, company, cash)
    assert (first.exception, first.value) == ("Cash below reserve: from Feb 2026", 40)
    assert "at worst -10 EUR in Mar 2026, 40 EUR too little" in first.message
    assert (second.exception, second.value) == ("Cash below reserve: from Jun 2026", 25)
    assert list(short_cash(WHEN, company, unknown)) == []


def stock(**months: list[float]) -> list[Issue]:
    supply = {"Bikes": {"demand": [31.0, 28, 31, 30, 31, 30], **months}}
    prices = grid(FINANCE_FAMILY, WHEN, {"Bikes": MARGINS["Bikes"]})
    hours = grid(CAPACITY, WHEN, {
        "Frame": {"gap": [5, 5, 5, 0, 5, 5]}, "Paint": {"gap": [9] * 6}, "Oven": {"gap": [-9] * 6},
    })  # fmt: skip
    uses = rows(BILL.columns, """
        family  resource  hours_per_unit
        Bikes   Frame     1
        Bikes   Paint     0.5
        Parts   Oven      1
    """)
    return list(stock_issues(
        WHEN, SETTINGS, grid(SUPPLY_PLAN, WHEN, supply), prices, hours, uses
    ))  # fmt: skip


def test_stock_that_the_hours_leave_short_is_told_with_its_amount() -> None:
    supply = {"Bikes": {"inventory": [100] * 6, "target": [100, 100, 100, 100, 100, 100]}}
    possible = {"Bikes": {"net_stock": [95, 60, 40, -10, 100, 100]}}
    prices = grid(FINANCE_FAMILY, WHEN, {"Bikes": MARGINS["Bikes"]})
    (low,) = limited_stock(
        WHEN, SETTINGS, grid(SUPPLY_PLAN, WHEN, supply),
        grid(CONSTRAINED_PLAN, WHEN, possible), prices,
    )  # fmt: skip
    # 95 is close enough; at worst nothing of 100 is there: what is owed is told with the hours
    assert low.exception == "Stock short of hours: Bikes from Feb 2026"
    assert (low.size, low.value) == (-100, 100 * 250)
    assert "by the supply plan 0" in low.message
    # 30 of 90 that are missing are missing in the supply plan: 60 for want of hours
    planned = {"Bikes": {"inventory": [70] * 6, "target": [100] * 6}}
    held = {"Bikes": {"net_stock": [10] * 6}}
    (part,) = limited_stock(
        WHEN, SETTINGS, grid(SUPPLY_PLAN, WHEN, planned), grid(CONSTRAINED_PLAN, WHEN, held), prices
    )
    assert (part.size, part.value) == (-60, 60 * 250)
    assert "is 90 pcs below its target stock in Jan 2026, by the supply plan 30" in part.message
    # what is missing in the supply plan itself is told there
    same = {"Bikes": {"inventory": [40] * 6, "target": [100] * 6}}
    both = {"Bikes": {"net_stock": [40] * 6}}
    assert not list(limited_stock(
        WHEN, SETTINGS, grid(SUPPLY_PLAN, WHEN, same), grid(CONSTRAINED_PLAN, WHEN, both), prices
    ))  # fmt: skip


def test_backlog_is_worth_the_margin_of_its_worst_month() -> None:
    (issue,) = stock(backlog=[0, 10, 40, 0, 0, 0], inventory=[0] * 6, target=[0] * 6)
    assert issue.exception == "Backlog: Bikes from Feb 2026"
    assert (issue.size, issue.value) == (-40, 40 * 150)
    assert "Mar 2026" in issue.option


def test_stock_below_target_is_told_where_it_is_no_backlog() -> None:
    (low,) = stock(backlog=[0] * 6, inventory=[100, 95, 60, 80, 100, 100], target=[100] * 6)
    assert low.exception == "Stock below target: Bikes from Mar 2026"  # 95 is close enough
    assert (low.size, low.value) == (-40, 40 * 250)


def test_production_comes_forward_only_where_the_hours_allow_it() -> None:
    """February has hours to spare at the frame and the paint, in April the frame has none."""
    months = {"inventory": [100.0, 80, 100, 80, 100, 100], "target": [100.0] * 6}
    free, full = (one.option for one in stock(**months, backlog=[0] * 6))
    assert free == "Bring production forward to Feb 2026, or lower the target days."
    assert full == (
        "Frame has no hours to spare in Apr 2026, so production cannot come forward to it: lower "
        "the target days, or add hours there."
    )


def test_stock_above_target_counts_beyond_a_month_of_demand() -> None:
    # demand is one a day: up to 30 above target is cycle stock
    (high,) = stock(backlog=[0] * 6, inventory=[130, 131, 150, 100, 100, 100], target=[100] * 6)
    assert high.exception == "Stock above target: Bikes from Feb 2026"
    assert (high.size, high.value) == (50, 50 * 250)
    assert "for 2 months from Feb 2026" in high.message


def test_demand_against_the_aop_counts_budgeted_months_beyond_the_tolerance() -> None:
    demand = grid(
        DEMAND_TOTAL,
        WHEN,
        {
            "Bikes": {"consensus": [90, 90, 90, 90, 90, 90], "aop": [100, 100, 100, 0, 0, 0]},
            "Parts": {"consensus": [101] * 6, "aop": [100] * 6},
            "All families": {"consensus": [191] * 6, "aop": [200] * 6},
        },
    )
    (issue,) = aop_gaps(WHEN, SETTINGS, demand, PRICES)
    assert issue.exception == "Demand below AOP: Bikes"
    assert (issue.size, issue.value) == (-30, 30 * 400)
    assert "30 pcs (10.0 %) below the AOP in Jan 2026 to Mar 2026" in issue.message


PLAN = DEMAND_PLAN.for_level(("family",))


def test_a_plan_that_moved_since_the_last_cycle_is_told() -> None:
    demand = grid(
        PLAN,
        WHEN,
        {
            # 20 later: no net change, yet it moved
            "Bikes": {"last_cycle": [100] * 6, "change": [-20, 20, 0, -20, 20, 0]},
            "Parts": {"last_cycle": [1000] * 6, "change": [10] * 6},
        },
    )
    (issue,) = big_changes(WHEN, SETTINGS, demand, PRICES)
    assert issue.subject == "Bikes"
    assert (issue.size, issue.value) == (0, 80 * 400)
    said = "went up by 40 and down by 40 pcs, in all unchanged, since the last cycle: 13.3 % of it"
    assert said in issue.message


def test_changes_without_reason_are_worth_what_they_moved() -> None:
    demand = grid(
        PLAN,
        WHEN,
        {
            "Bikes": {
                "baseline": [100] * 6,
                "pipeline": [0] * 6,
                "events": [0] * 6,
                "sales_adjustment": [10, -5, np.nan, np.nan, np.nan, np.nan],
                "fixed": [np.nan, np.nan, 130, np.nan, np.nan, np.nan],
                "unexplained": [1, 1, 1, 0, 0, 0],
            },
        },
    )
    (issue,) = unexplained_changes(WHEN, SETTINGS, demand, PRICES)
    assert issue.value == (10 + 5 + 30) * 400
    assert issue.message.startswith("3 changes of the demand plan of Bikes, 45 pcs in all")


def test_large_deals_that_can_go_either_way_are_named() -> None:
    deals = rows(
        PIPELINE.columns,
        """
        opportunity  family  stage     quantity  value   probability  included  close_period
        O-1          Bikes   proposal  300       120000  0.6          yes       2026-03
        O-2          Bikes   proposal  300       120000  0.9          yes       2026-03
        O-3          Bikes   proposal  300       90000   0.6          yes       2026-03
        O-4          Bikes   won       300       120000  0.6          yes       2026-03
        O-5          Bikes   proposal  300       120000  0.6          no        2026-03
        O-6          Bikes   proposal  300       120000  0.6          yes       2027-03
    """,
    )
    deals["account"], deals["weighted_quantity"] = "ACME", 90.0
    (issue,) = large_deals(WHEN, SETTINGS, deals)
    assert issue.exception == "Large deal: O-1"
    assert issue.value == 120_000
    assert "O-1 ACME: 120,000 EUR with a chance of 60.0 % in Mar 2026" in issue.message
    assert "holds 90 of its 300 pcs" in issue.message


def forecasts(*values: int) -> pd.DataFrame:
    """Forecasts of the months before January 2026, made one cycle before."""
    months = pd.period_range(end="2025-12", periods=len(values), freq="M")
    lines = [f"{m - 1}  {m}  Bikes  {v}" for m, v in zip(months, values, strict=True)]
    return rows(PAST_PLANS.columns, "cycle  period  family  consensus\n" + "\n".join(lines))


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ((110, 120, 110, 120, 130), ["Forecast too high: Bikes"]),  # signal +5
        ((90, 80, 90, 80, 70), ["Forecast too low: Bikes"]),
        ((110, 90, 110, 90, 110), []),  # errs to both sides
        ((110, 120, 130), []),  # three months say nothing
        ((100, 100, 100, 100, 100), []),
    ],
)
def test_forecasts_that_err_to_one_side_are_told(values: tuple[int, ...], found: list[str]) -> None:
    history = rows(
        HISTORY.for_level(("family",)).columns,
        "family  period  orders\n"
        + "\n".join(f"Bikes  2025-{month:02d}  100" for month in range(6, 13)),
    )
    issues = list(biased_forecasts(WHEN, SETTINGS, forecasts(*values), history, PRICES))
    assert [issue.exception for issue in issues] == found
    for issue in issues:
        assert issue.value == abs(sum(values) - 500) * 400


def test_fiscal_years_below_the_aop_are_told_with_both_measures() -> None:
    total = grid(
        FINANCE_TOTAL,
        WHEN,
        {
            "": {
                "revenue": [900.0] * 6,
                "margin": [500.0] * 6,
                "compared_margin": [500.0] * 6,
                "aop_revenue": [1000.0] * 6,
                "aop_margin": [500.0] * 6,
            }
        },
    )
    (issue,) = missed_years(WHEN, SETTINGS, total)
    assert issue.exception == "Revenue below AOP: FY2026"
    assert (issue.size, issue.value) == (-600, 600)
    assert "600 EUR (10.0 %) below the AOP of 6,000 EUR" in issue.message


def test_a_budget_without_cost_of_sales_has_no_margin_to_miss() -> None:
    total = grid(
        FINANCE_TOTAL,
        WHEN,
        {
            "": {
                "revenue": [1000.0] * 6,
                "margin": [400.0] * 6,
                "compared_margin": [400.0] * 6,
                "aop_revenue": [1000.0] * 6,
                "aop_margin": [0.0] * 6,
            }
        },
    )
    assert list(missed_years(WHEN, SETTINGS, total)) == []


def test_stale_sources_come_without_a_value() -> None:
    sources = rows(
        COMPLETENESS.columns,
        """
        source  rows  age  status
        Stock   100   62   ■ stale
        Items   100   10   ● complete
        AOP     0     .    ○ not delivered
    """,
    )
    (issue,) = old_data(sources)
    assert issue.exception == "Old data: Stock"
    assert np.isnan(issue.value)


def issue(name: str, value: float) -> Issue:
    return Issue(
        name, "demand", name, pd.Period("2026-01"), "Text", 1.0, "pcs", value, "Do", "Home"
    )


def test_most_money_comes_first_and_what_people_typed_stays() -> None:
    typed = rows(
        [EXCEPTIONS["exception"], EXCEPTIONS["status"], EXCEPTIONS["comment"]],
        """
        exception  status      comment
        Small      for review  call Eve
        Gone       done        .
    """,
    )
    table = ranked([issue("Small", 1), issue("Old", np.nan), issue("Big", 9)], typed)
    assert table["exception"].tolist() == ["Big", "Small", "Old"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["status"].tolist() == ["open", "for review", "open"]
    assert table["comment"].tolist() == ["", "call Eve", ""]
    assert list(table.columns) == EXCEPTIONS.names


def test_what_is_done_comes_last_and_makes_room_in_the_list() -> None:
    typed = rows(EXCEPTIONS.inputs, "exception  status\nBig  done")
    table = ranked([issue("Small", 1), issue("Old", np.nan), issue("Big", 9)], typed)
    assert table["exception"].tolist() == ["Small", "Old", "Big"]
    assert table["rank"].tolist() == [1, 2, 3]
    many = [issue(f"N{number:03d}", 5.0) for number in range(SHOWN)]
    assert "Big" not in set(ranked([*many, issue("Big", 9)], typed)["exception"])


def test_ties_are_ranked_by_name_and_the_list_stays_short() -> None:
    typed = rows(EXCEPTIONS.inputs)
    many = [issue(f"N{number:03d}", 5.0) for number in range(SHOWN + 10, 0, -1)]
    table = ranked(many, typed)
    assert len(table) == SHOWN
    assert table["exception"].iloc[0] == "N001"
    pd.testing.assert_frame_equal(table, ranked(reversed(many), typed))


def year_below_aop() -> pd.DataFrame:
    cells = {
        **{name: [900.0] * 6 for name in ("revenue", "margin")},
        **{f"aop_{name}": [1000.0] * 6 for name in ("revenue", "margin")},
    }
    return grid(FINANCE_TOTAL, WHEN, {"": cells})


def test_no_exceptions_is_an_empty_table() -> None:
    table = ranked([], rows(EXCEPTIONS.inputs))
    assert table.empty
    assert list(table.columns) == EXCEPTIONS.names


def test_a_material_that_comes_too_late_is_one_exception() -> None:
    messages = rows(
        MATERIAL_MESSAGES.columns,
        """
        number  what      component  name   value  due      message
        1       past due  M-1        Tube   450    2025-12  Ask_for_a_date
        2       late      M-1        Tube   900    2026-02  Order_at_once
        3       expedite  M-2        Wheel  80     2026-04  Bring_it_forward
        4       delay     M-3        Paint  7000   2026-03  Put_it_off
        5       cancel    M-3        Paint  9000   2026-05  Cancel_it
        """,
    )
    tube, wheel = late_materials(SETTINGS, messages)
    assert (tube.exception, tube.value, tube.period) == (
        "Material late: M-1", 450 + 900, pd.Period("2025-12", "M")
    )  # fmt: skip
    assert tube.message == (
        "M-1 Tube: 1 order past due, 1 order too late to order, the first for Dec 2025; "
        "together worth 1,350 EUR."
    )
    assert (tube.option, tube.sheet) == ("Ask_for_a_date", "Material_Actions")
    assert (wheel.value, wheel.size) == (80, 1)
    assert (tube.size, tube.size_unit) == (2, "orders")


@pytest.mark.parametrize(("values", "told"), [
    ((0, 0), "no price is known."),
    ((30, 0), "together worth 30 EUR as far as a price is known."),
])  # fmt: skip
def test_a_late_material_without_a_price_is_not_worth_nothing(
    values: tuple[int, int], told: str
) -> None:
    head = "number  what  component  name  value  due  message\n"
    messages = rows(MATERIAL_MESSAGES.columns, head +
                    f"1  late  M-1  Tube  {values[0]}  2026-01  Order\n"
                    f"2  late  M-1  Tube  {values[1]}  2026-02  Order")  # fmt: skip
    (tube,) = late_materials(SETTINGS, messages)
    assert tube.message.endswith(told)
    assert np.isnan(tube.value) == (sum(values) == 0)
