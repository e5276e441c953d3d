"""The tie-out list, earlier plans, and the locked view."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.finance import lock
from sop_xl.planning.finance.earlier import earlier, findings
from sop_xl.planning.finance.recon_view import recon_lines, recon_view
from sop_xl.planning.finance.tie_outs import (
    Place,
    TieOut,
    differences,
    internal,
    open_count,
    tie_out_list,
)
from sop_xl.planning.finance.windows import Months, Window
from sop_xl.tables.data import AOP, FAMILIES, PAST_FINANCE, RECON_LINES
from sop_xl.tables.finance import FINANCE_FAMILY, FINANCE_TOTAL
from sop_xl.tables.recon import AOP as BUDGET
from sop_xl.tables.recon import PRIOR, SCENARIO, TIE_OUTS
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import SUPPLY_PLAN
from tests.planning.rows import axis, grid, rows

WHEN = axis("2026-03", history=2, horizon=2)
NOWHERE = Place("finance_total", "", "revenue", "", WHEN.plan[0], WHEN.plan[-1])
LINES = recon_lines(rows(RECON_LINES.inputs, "line  tolerance  owner\nRevenue  0.05  Eve"),
                    Settings(tolerance=0.02))
TYPED = [column for column in TIE_OUTS.columns if column.role.value != "output"]


def tie(name: str, value: float, other: float, tolerance: float = 0.05) -> TieOut:
    return TieOut(name, BUDGET, "Full year 2026", value, other, tolerance, NOWHERE)


def test_what_is_above_its_tolerance_comes_first_by_money() -> None:
    found, places = tie_out_list(
        [tie("Revenue to AOP, a", 104, 100), tie("Revenue to AOP, b", 90, 100),
         tie("Revenue of X to AOP, c", 500, 100), tie("Revenue = units x price", 7, 7, 0.0)],
        rows(TYPED), LINES,
    )  # fmt: skip
    assert found["tie_out"].tolist() == [
        "Revenue of X to AOP, c", "Revenue to AOP, b", "Revenue = units x price",
    ]  # fmt: skip
    assert found["state"].tolist() == ["▲ above tolerance", "▲ above tolerance", "● ties"]
    assert found["amount"].tolist() == [400.0, -10.0, 0.0]
    assert found["line_owner"].tolist() == ["Eve", "Eve", ""]
    assert len(places) == 3
    assert open_count(found) == 2


def test_owner_status_and_comment_are_kept() -> None:
    typed = rows(TYPED, """
        tie_out            owner  status     comment
        Revenue to AOP, b  Bob    explained  Strike in June
    """)
    found, _ = tie_out_list([tie("Revenue to AOP, b", 90, 100)], typed, LINES)
    assert [found[name].iloc[0] for name in ("owner", "status", "comment")] == [
        "Bob", "explained", "Strike in June",
    ]  # fmt: skip
    assert open_count(found) == 0


def test_a_line_without_a_tolerance_takes_that_of_the_settings() -> None:
    assert LINES.set_index("line")["tolerance_used"].to_dict() == {
        "Shipments": 0.02, "Revenue": 0.05, "Margin": 0.02, "Operating cost": 0.02,
        "Operating profit": 0.02,
    }  # fmt: skip


def test_plan_against_aop_by_line() -> None:
    total = grid(FINANCE_TOTAL, WHEN, {"": {
        "volume": [10, 10], "revenue": [100, 104], "aop_revenue": [100, 100],
        "operating_cost": [60, 60], "aop_operating_cost": [50, 50],
    }})  # fmt: skip
    inside = np.array([False, False, True, True])
    view = recon_view(total, Months(*(inside,) * 5), BUDGET, LINES).set_index("line")
    assert [view.loc["Revenue", n] for n in ("plan", "other", "difference")] == [204.0, 200.0, 4.0]
    assert view.loc["Revenue", "verdict"] == "● yes"
    assert view.loc["Operating cost", "verdict"] == "■ above"  # more cost is no good news
    assert view.loc["Shipments", "verdict"] == ""  # nothing to compare with


def test_bought_units_are_in_the_roll_of_the_inventory() -> None:
    """Two months of 60 made, 40 bought, 100 asked for: the stock of 10 at a cost of 5 stays."""
    supply = grid(SUPPLY_PLAN, WHEN, {"Bikes": {
        "production": [60, 60], "subcontracted": [40, 40], "demand": [100, 100],
        "net_stock": [10, 10],
    }})  # fmt: skip
    supply.loc[supply["period"] == WHEN.opening, "net_stock"] = 10.0
    family = grid(FINANCE_FAMILY, WHEN, {"Bikes": {"revenue": [0, 0]}})
    found = internal(
        WHEN,
        finance_total=grid(FINANCE_TOTAL, WHEN, {"": {"revenue": [0, 0]}}),
        finance_family=family,
        finance_region=family.assign(region="North"),
        supply_plan=supply,
        families=rows(FAMILIES.columns, "family  cost\nBikes  5"),
        aop=rows(AOP.columns, "period  family  revenue"),
    )
    (roll,) = [one for one in found if one.tie_out.startswith("Inventory")]
    assert (roll.value, roll.other) == (50, 50)


def test_a_budget_without_cost_has_no_margin_to_compare_with() -> None:
    family = grid(FINANCE_FAMILY, WHEN, {
        "Bikes": {"revenue": [100, 100], "margin": [40, 40], "aop_revenue": [90, 90]},
    })  # fmt: skip
    total = grid(FINANCE_TOTAL, WHEN, {
        "": {"revenue": [100, 100], "margin": [40, 40], "aop_revenue": [90, 90],
             "operating_cost": [10, 10]},
    })  # fmt: skip
    inside = np.array([False, False, True, True])
    window = Window("Full year 2026", WHEN.plan[0], WHEN.plan[-1])
    found = differences(total, family, [(BUDGET, window, Months(*(inside,) * 5))], LINES)
    assert [(one.tie_out, one.value - one.other) for one in found] == [
        ("Revenue to AOP, Full year 2026", 20), ("Revenue of Bikes to AOP, Full year 2026", 20),
    ]  # fmt: skip


def test_a_comparison_names_the_months_that_both_sides_know() -> None:
    """The earlier plan knows March only: its year is that month, and the cells are its cells."""
    total = grid(FINANCE_TOTAL, WHEN, {"": {"revenue": [100, 100], "prior_revenue": [80, 0]}})
    march = np.array([False, False, True, False])
    window = Window("Full year 2026", WHEN.plan[0], WHEN.plan[-1])
    found = differences(total, grid(FINANCE_FAMILY, WHEN, {}),
                        [(PRIOR, window, Months(*(march,) * 5))], LINES)  # fmt: skip
    (revenue,) = found
    assert revenue.window == "Full year 2026, Mar 2026"
    assert (revenue.value, revenue.other) == (100, 80)
    assert (revenue.place.first, revenue.place.last) == (WHEN.plan[0], WHEN.plan[0])


PLANS = """
cycle    period   family  volume  revenue  cost_of_sales  operating_cost
2026-01  2026-01  Bikes   10      100      60             .
2026-01  2026-02  Bikes   11      110      66             .
2026-01  2026-03  Bikes   99      990      .              .
2026-02  2026-02  Bikes   12      120      72             .
2026-02  2026-03  Bikes   13      130      78             .
2026-02  2026-03  All     .       .        .              40
2026-02  2026-03  Boats   1       500      .              .
"""


def test_closed_months_show_the_last_plan_before_them_and_plan_months_the_prior_cycle() -> None:
    found = earlier(WHEN, rows(PAST_FINANCE.inputs, PLANS), ["Bikes"])
    assert found.cycle == pd.Period("2026-02", "M")
    assert found.revenue[0] == pytest.approx([100, 120, 130, np.nan], nan_ok=True)
    assert found.constant[0] == pytest.approx([100, 120, 130, np.nan], nan_ok=True)
    assert found.operating_cost[0] == pytest.approx([np.nan, np.nan, 40, np.nan], nan_ok=True)


def test_families_that_only_the_earlier_plan_knows_are_named_with_their_money() -> None:
    families = rows(FAMILIES.columns, "family\nBikes")
    budget = rows(AOP.columns, "period  family  revenue\n2026-03  Kites  70\n2026-04  Kites  7")
    told = findings(WHEN, rows(PAST_FINANCE.inputs, PLANS), budget, families)
    assert [f.table for f in told] == ["past_finance", "aop", "aop"]
    assert told[0].message.startswith("Boats: the plan has no such family. 500 of revenue")
    assert told[1].message.startswith("Kites: the plan has no such family. 77 of revenue")
    assert told[2].message.startswith("The AOP has 2 of 12 months of the fiscal year 2026")


def view(revenue: list[float]) -> pd.DataFrame:
    total = grid(FINANCE_TOTAL, WHEN, {"": {"revenue": revenue, "inventory_value": [5, 7]}})
    family = grid(FINANCE_FAMILY, WHEN, {"Bikes": {"revenue": revenue}})
    return lock.view(WHEN, total, family)


def test_a_locked_view_says_what_has_moved_and_by_how_much() -> None:
    locked = view([100.0, 50])
    assert not lock.drift(locked, view([100.0, 50]))["moved"].any()
    moved = lock.drift(locked, view([90.0, 50])).set_index("line")["moved"]
    assert moved[moved != 0].to_dict() == {"Revenue": -10.0, "Revenue: Bikes": -10.0}
    assert lock.drift(locked, locked).set_index("line").loc["Inventory value", "locked"] == 7
    unlocked = lock.drift(locked.iloc[:0], locked)
    assert not lock.is_locked(unlocked)
    assert unlocked["moved"].isna().all()  # nothing can have moved
    units = unlocked.set_index("line")["unit"]
    assert (units["Shipments"], units["Revenue"], units["Inventory value"]) == (
        "units", "money", "money",
    )  # fmt: skip


def test_months_that_moved_within_a_line_are_named_and_cents_are_rounding() -> None:
    locked = view([100.0, 50])
    assert lock.moved_months(locked, view([100.4, 50])).empty
    moved = lock.moved_months(locked, view([110.0, 40]))  # the sums are the same
    assert not lock.drift(locked, view([110.0, 40]))["moved"].any()
    assert moved[moved["line"] == "Revenue"]["moved"].tolist() == [10, -10]
    assert moved["line"].unique().tolist() == ["Revenue", "Revenue: Bikes"]


def test_the_top_of_the_sheet_shows_the_families_that_moved_most() -> None:
    names = [f"F{at:02}" for at in range(20)]
    moves = [0.0] * 19 + [5.0]

    def now(by: list[float]) -> pd.DataFrame:
        total = grid(FINANCE_TOTAL, WHEN, {"": {"revenue": [1.0, 1]}})
        cells = {name: {"revenue": [1.0, 1 + more]} for name, more in zip(names, by, strict=True)}
        return lock.view(WHEN, total, grid(FINANCE_FAMILY, WHEN, cells))

    drift = lock.drift(now([0.0] * 20), now(moves))
    assert len(drift) == 6 + 20  # every line stands on Finance_Lock
    lines = lock.shown(drift)["line"].tolist()
    assert len(lines) == 11
    assert lines[6] == "Revenue: F19"  # the six of the company come first
    assert drift["family"].tolist()[6:] == names


def test_the_hash_is_that_of_the_content() -> None:
    one = view([100.0, 50])
    assert lock.content_hash(one) == lock.content_hash(one.sample(frac=1, random_state=1))
    assert lock.content_hash(one) != lock.content_hash(view([100.0, 50.01]))


def test_a_line_keeps_what_was_typed_under_its_name_of_before() -> None:
    """Shipments were called Volume; what is typed under the new name counts from then on."""
    before = rows(RECON_LINES.inputs, "line  tolerance  owner\nVolume  0.07  Eve")
    after = rows(RECON_LINES.inputs, """
        line       tolerance  owner
        Shipments  0.5        Zoe
        Volume     0.07       Eve
    """)  # fmt: skip
    for given, expected in ((before, (0.07, "Eve")), (after, (0.5, "Zoe"))):
        line = recon_lines(given, Settings()).set_index("line").loc["Shipments"]
        assert (line["tolerance_used"], line["owner"]) == expected


def test_a_view_that_was_locked_under_names_of_before_has_not_moved() -> None:
    now = pd.DataFrame({"line": ["Shipments", "Revenue"], "period": [WHEN.plan[0]] * 2,
                        "value": [8015.0, 100.0]})  # fmt: skip
    locked = now.assign(line=["Volume", "Revenue"])
    found = lock.drift(locked, now)
    assert found["line"].tolist() == ["Shipments", "Revenue"]
    assert not found["moved"].any()
    assert lock.content_hash(locked) == lock.content_hash(now)


def test_scenarios_take_no_place_of_what_has_to_be_explained() -> None:
    beside = [
        TieOut(f"Revenue to scenario {n}", SCENARIO, "Plan months", 1000.0, 1.0, 0.05, NOWHERE)
        for n in range(100)
    ]
    found, _ = tie_out_list([*beside, tie("Revenue to AOP, a", 90, 100)], rows(TYPED), LINES)
    assert found["tie_out"][0] == "Revenue to AOP, a"
