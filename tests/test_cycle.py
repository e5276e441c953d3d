"""The whole cycle: from inputs to the meeting, on a small company and on next to nothing."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from sop_xl import cycle, tables
from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis, Calendar
from sop_xl.schema import Finding, Severity, empty_frame
from sop_xl.tables import GRIDS, TABLES
from sop_xl.tables.settings import Settings
from tests.planning.rows import rows

SETTINGS = Settings(horizon=12, history_shown=24, forecaster="seasonal_naive")
WHEN = Axis(Calendar(), pd.Period("2026-01"), 24, 12)
LEVEL = SETTINGS.level
HISTORY = pd.period_range("2023-01", "2025-12", freq="M")

ITEMS = """
item   name        family  lifecycle  unit  price  cost
B-100  Road bike   Bikes   active     pcs   400    250
B-200  City bike   Bikes   active     pcs   300    200
P-100  Bell        Parts   active     pcs   5      2
"""
COMPANY = {
    "items": ITEMS,
    "stock": """
        period   item   region  on_hand  backlog
        2025-12  B-100  North   150      0
        2025-12  B-200  North   80       20
        2025-12  P-100  North   900      0
    """,
    "families": """
        family  policy         strategy  target_days
        Bikes   make to stock  level     15
        Parts   make to stock  chase     20
    """,
    "resources": """
        resource  machines  hours_per_day  efficiency  planned_loss  cost_per_hour
        Frame     2         8              0.9         0.1           60
        Paint     1         8              1           0             40
    """,
    "bill_of_resources": """
        item   resource  hours_per_unit
        B-100  Frame     0.6
        B-200  Frame     0.5
        B-100  Paint     0.2
        B-200  Paint     0.2
        P-100  Paint     0.01
    """,
    "finance_lines": """
        line     fixed  share_of_revenue  per_unit  aop
        Freight  0      0.02              0.5       4000
        Rent     9000   0                 0         9000
    """,
    "risks": """
        risk  kind  description  probability  impact  status
        R-1   risk  Strike       0.2          50000   open
    """,
}


def inputs(texts: Mapping[str, str], actuals: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Every input table, empty where the text says nothing."""
    declared = tables.inputs(LEVEL)
    frames = {name: empty_frame(table.inputs) for name, table in declared.items()}
    given = {name: rows(declared[name].inputs, text) for name, text in texts.items()}
    return frames | given | {"actuals": actuals}


def actuals() -> pd.DataFrame:
    """Three years of demand in two regions with a season, everything shipped as ordered."""
    price = {"B-100": 400.0, "B-200": 300.0, "P-100": 5.0}
    base = {"B-100": 100.0, "B-200": 60.0, "P-100": 900.0}
    records = [
        (period, item, region, "All", round(base[item] * share * season))
        for period in HISTORY
        for season in [1 + 0.3 * np.sin(2 * np.pi * period.month / 12)]
        for item in base
        for region, share in (("North", 0.6), ("South", 0.4))
    ]
    frame = pd.DataFrame(records, columns=["period", "item", "region", "channel", "orders"])
    frame["shipments"] = frame["orders"]
    frame["revenue"] = frame["orders"] * frame["item"].map(price)
    declared = tables.inputs(LEVEL)["actuals"].inputs
    blank = rows(declared).reindex(range(len(frame)))
    full = blank.assign(unit="", stock_out=False, promotion=False)
    full[frame.columns] = frame
    return full.astype(empty_frame(declared).dtypes.to_dict())


def aop() -> str:
    """A budget of 2026 above what the history says."""
    lines = [
        f"{period}  {family}  {region}  All  {quantity}  {revenue}  {cost}"
        for period in WHEN.plan
        for family, quantity, revenue, cost in (
            ("Bikes", 120, 45000, 28000),
            ("Parts", 500, 2500, 1000),
        )
        for region in ("North", "South")
    ]
    header = "period  family  region  channel  quantity  revenue  cost_of_sales"
    return "\n".join([header, *lines])


@pytest.fixture(scope="module")
def company() -> dict[str, pd.DataFrame]:
    return inputs(COMPANY | {"aop": aop()}, actuals())


@pytest.fixture(scope="module")
def plan(company: dict[str, pd.DataFrame]) -> cycle.Plan:
    return cycle.run(company, SETTINGS, WHEN)


def ahead(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["period"].isin(WHEN.plan)]


# ---- the steps -----------------------------------------------------------------------------


def test_the_steps_are_the_six_of_the_process_and_the_review_that_closes_the_loop() -> None:
    assert [(step.number, step.name) for step in cycle.STEPS] == [
        (1, "data"),
        (2, "demand"),
        (3, "supply"),
        (3, "supply"),  # strategies beside the plan
        (4, "finance"),
        (3, "supply"),  # gaps and options, which are compared in money
        (4, "finance"),  # cash
        (7, "performance"),
        (7, "performance"),
        (7, "performance"),
        (5, "review"),
        (6, "executive"),
    ]
    assert cycle.STEPS[0].title == "Data gathering and portfolio review"


def test_a_step_reads_inputs_and_what_the_steps_before_it_wrote() -> None:
    known = set(tables.inputs(LEVEL)) | {"past_forecasts", "past_cash", "past_authors"}
    for step in cycle.STEPS:
        assert set(step.reads) <= known, step.name
        known |= set(step.writes)
    inside = {"item_mix", "views", "headlines", "long_history"}
    inside |= {"past_cash", "past_authors"}
    inside |= {"past_forecasts", "forecast_methods", "forecast_ranks", "forecast_doubts"}
    inside |= {"recon_view", "recon_choices", "tie_places"}
    assert known - inside <= set(tables.inputs(LEVEL)) | set(GRIDS) | set(TABLES)


def test_progress_names_each_step_before_it_runs(company: dict[str, pd.DataFrame]) -> None:
    seen: list[str] = []
    cycle.run(company, SETTINGS, WHEN, progress=lambda step: seen.append(step.name))
    assert seen == [step.name for step in cycle.STEPS]


def test_a_missing_input_is_refused(company: dict[str, pd.DataFrame]) -> None:
    without = {name: frame for name, frame in company.items() if name != "aop"}
    with pytest.raises(ValueError, match="no frame for the inputs aop"):
        cycle.run(without, SETTINGS, WHEN)


def test_a_step_that_writes_something_else_is_refused(company: dict[str, pd.DataFrame]) -> None:
    def run(axis: Axis, settings: Settings, *, items: pd.DataFrame) -> Outcome:  # noqa: ARG001
        return Outcome({"itmes": items}, [])

    step = cycle.Step(1, "data", "Data", ("items",), ("items",), run)
    with pytest.raises(ValueError, match="step data"):
        cycle.run(company, SETTINGS, WHEN, steps=[step])


def test_findings_of_the_load_come_first(company: dict[str, pd.DataFrame]) -> None:
    loaded = Finding("actuals", "A number was read as text.", severity=Severity.REPAIR)
    found = cycle.run(company, SETTINGS, WHEN, [loaded]).findings
    assert found[0] == loaded


# ---- the plan ------------------------------------------------------------------------------


def test_every_frame_has_its_declared_columns(plan: cycle.Plan) -> None:
    for name, grid in GRIDS.items():
        shown = grid.for_level(LEVEL)
        assert list(plan.frames[name].columns) == [*shown.key_names, "period", *shown.names], name
        blocks = plan.frames[name].groupby(shown.key_names) if shown.keys else [("", None)]
        assert len(plan.frames[name]) == len(list(blocks)) * len(WHEN.periods), name
    for step in cycle.STEPS:
        for name in set(step.writes) & set(TABLES):
            table = TABLES[name].for_level(LEVEL)
            assert list(plan.frames[name].columns) == table.names, name


def test_the_checks_pass(plan: cycle.Plan) -> None:
    table = plan.frames["checks"]
    failed = table.loc[table["status"] != "● passed", "check"].tolist()
    assert failed == ["fresh_data"]  # no load report: nobody knows how old the data are


def test_demand_flows_into_supply_and_on_into_money(plan: cycle.Plan) -> None:
    frames = plan.frames
    consensus = ahead(frames["demand_plan"]).groupby("family")["consensus"].sum()
    supply = ahead(frames["supply_plan"]).groupby("family")
    assert supply["demand"].sum().tolist() == pytest.approx(consensus.tolist())
    opening = pd.Series({"Bikes": 210.0, "Parts": 900.0})
    closing = ahead(frames["supply_plan"]).groupby("family")["net_stock"].last()
    balance = opening + supply["production"].sum() - supply["demand"].sum()
    assert closing.tolist() == pytest.approx(balance.tolist())
    # 20 bikes were owed when the plan began
    shipped = supply["demand"].sum() + pd.Series({"Bikes": 20.0, "Parts": 0.0})
    assert supply["shipments"].sum().tolist() == pytest.approx(shipped.tolist())
    volume = ahead(frames["finance_family"]).groupby("family")["volume"].sum()
    assert volume.tolist() == pytest.approx(shipped.tolist())
    prices = frames["families"].set_index("family")["price"]
    revenue = ahead(frames["finance_total"])["revenue"].sum()
    assert revenue == pytest.approx(float((volume * prices).sum()))


def test_the_average_price_is_the_revenue_of_the_last_year(plan: cycle.Plan) -> None:
    # 100 road bikes at 400 and 60 city bikes at 300 for each other
    prices = plan.frames["families"].set_index("family")["price"].to_dict()
    assert prices["Bikes"] == pytest.approx((100 * 400 + 60 * 300) / 160, rel=0.01)
    assert prices["Parts"] == 5.0


def test_the_same_inputs_give_the_same_plan(
    company: dict[str, pd.DataFrame], plan: cycle.Plan
) -> None:
    before = {name: frame.copy() for name, frame in company.items()}
    again = cycle.run(company, SETTINGS, WHEN)
    assert again.findings == plan.findings
    for name, frame in plan.frames.items():
        pd.testing.assert_frame_equal(again.frames[name], frame, obj=name)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(company[name], frame, obj=f"input {name}")


def test_less_capacity_brings_a_shortage_to_the_top(
    company: dict[str, pd.DataFrame], plan: cycle.Plan
) -> None:
    def shortages(found: cycle.Plan) -> list[str]:
        names = found.frames["exceptions"]["exception"]
        return [name for name in names if name.startswith("Capacity short: Paint")]

    assert shortages(plan) == []
    cut = rows(
        tables.inputs(LEVEL)["resource_calendar"].inputs,
        """
        resource  period   days
        Paint     2026-03  1
        Paint     2026-04  1
    """,
    )
    short = cycle.run({**company, "resource_calendar": cut}, SETTINGS, WHEN)
    assert shortages(short) == ["Capacity short: Paint from Mar 2026"]
    sizes = short.frames["exceptions"].set_index("exception")["size"].to_dict()
    closed = cut["period"]
    load = short.frames["capacity"].query("resource == 'Paint'")
    # two months of eight hours stand against the load
    hours = float(load.loc[load["period"].isin(closed), "load"].sum()) - 16
    assert sizes[shortages(short)[0]] == pytest.approx(-hours)


def test_exceptions_stand_in_the_order_of_money(plan: cycle.Plan) -> None:
    values = plan.frames["exceptions"]["value"].dropna()
    assert len(values) > 1
    assert values.is_monotonic_decreasing
    assert "Revenue below AOP: FY2026" in set(plan.frames["exceptions"]["exception"])


def test_status_and_comment_of_an_exception_stay(company: dict[str, pd.DataFrame]) -> None:
    typed = rows(
        tables.inputs(LEVEL)["exceptions"].inputs,
        """
        exception                  status      comment
        Revenue below AOP: FY2026  for review  Eve asks sales
    """,
    )
    table = cycle.run({**company, "exceptions": typed}, SETTINGS, WHEN).frames["exceptions"]
    row = table[table["exception"] == "Revenue below AOP: FY2026"]
    assert row[["status", "comment"]].to_numpy().tolist() == [["for review", "Eve asks sales"]]


# ---- next to nothing -----------------------------------------------------------------------


def test_items_and_actuals_are_enough() -> None:
    plan = cycle.run(inputs({"items": ITEMS}, actuals()), SETTINGS, WHEN)
    severities = {finding.severity for finding in plan.findings}
    assert Severity.ERROR not in severities
    assert plan.frames["capacity"].empty
    assert (ahead(plan.frames["supply_plan"])["production"] > 0).any()
    assert (ahead(plan.frames["finance_total"])["revenue"] > 0).all()
    pages = plan.frames["headlines"]
    assert (pages["message"].str.len() > 10).all()


@pytest.mark.parametrize("left_out", sorted({*COMPANY, "aop"} - {"items"}))
def test_any_optional_table_may_be_missing(left_out: str) -> None:
    texts = {name: text for name, text in (COMPANY | {"aop": aop()}).items() if name != left_out}
    plan = cycle.run(inputs(texts, actuals()), SETTINGS, WHEN)
    table = plan.frames["checks"]
    failed = table.loc[table["status"] != "● passed", "check"].tolist()
    # hours of a bill without resources load nothing, and plans begin with a stock
    told = {"resources": {"capacity_load"}, "stock": {"stock_known"}}
    assert set(failed) - {"fresh_data"} == told.get(left_out, set())


def test_names_are_alike_in_upper_and_lower_case_as_in_the_formulas(plan: cycle.Plan) -> None:
    texts = COMPANY | {
        "items": ITEMS.replace("City bike  Bikes", "City bike  BIKES"),
        "aop": aop().replace("Bikes", "bikes"),
        "bill_of_resources": COMPANY["bill_of_resources"].replace("Paint", "PAINT"),
    }
    shouted = cycle.run(inputs(texts, actuals()), SETTINGS, WHEN)
    for name in ("supply_plan", "capacity", "finance_family", "finance_total", "checks"):
        pd.testing.assert_frame_equal(shouted.frames[name], plan.frames[name], obj=name)


def test_a_company_without_any_history_is_an_empty_plan() -> None:
    nothing = empty_frame(tables.inputs(LEVEL)["actuals"].inputs)
    plan = cycle.run(inputs({"items": ITEMS}, nothing), SETTINGS, WHEN)
    assert ahead(plan.frames["finance_total"])["revenue"].sum() == 0


@pytest.mark.parametrize(
    "level", [("family",), ("item",), ("item", "region"), ("family", "channel")]
)
def test_other_planning_levels_tie_as_well(level: tuple[str, ...]) -> None:
    settings = Settings(
        planning_level=level, horizon=6, history_shown=12, forecaster="seasonal_naive"
    )
    when = Axis(Calendar(), WHEN.first, 12, 6)
    declared = tables.inputs(settings.level)
    frames = {name: empty_frame(table.inputs) for name, table in declared.items()}
    frames |= {
        name: rows(declared[name].inputs, COMPANY[name])
        for name in ("items", "stock", "resources", "bill_of_resources")
    }
    plan = cycle.run(frames | {"actuals": actuals()}, settings, when)
    table = plan.frames["checks"]
    assert table.loc[table["status"] != "● passed", "check"].tolist() == ["fresh_data"]
    families = plan.frames["families"]["family"].tolist()
    expected = ["B-100", "B-200", "P-100"] if level[0] == "item" else ["Bikes", "Parts"]
    assert families == expected
