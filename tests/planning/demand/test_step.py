"""Step 2 as a whole: levels, totals, late data, and what it tells people."""

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.demand.forecaster import forecast
from sop_xl.planning.demand.totals import Baseline, baseline, forecast_of_sums, members, total_range
from sop_xl.planning.frames import Numbers
from sop_xl.schema import ALL_FAMILIES
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.data import ITEMS, PIPELINE
from sop_xl.tables.settings import Settings
from tests.planning.monthly import run_demand, sold
from tests.planning.rows import axis, past_row, plan_row, rows

WHEN = axis("2026-01", history=3, horizon=3)
SETTINGS = Settings(horizon=3, history_shown=3, forecaster="seasonal_naive")
MASTER = rows(ITEMS.inputs, "item  family\nB-1  Bikes\nB-2  Bikes\nP-1  Parts")
NOISE = np.random.default_rng(1).gamma(9, 10, (3, 36))
SALES = pd.concat(
    [
        sold("B-1", NOISE[0], region="North"),
        sold("B-2", NOISE[1], region="South"),
        sold("P-1", NOISE[2], region="South"),
    ]
)


def test_totals_are_the_sums_of_their_blocks() -> None:
    frames = run_demand(WHEN, SETTINGS, items=MASTER, actuals=SALES).frames
    plan, total = frames["demand_plan"], frames["demand_total"]

    assert total["family"].drop_duplicates().tolist() == [ALL_FAMILIES, "Bikes", "Parts"]
    for name in ("baseline", "consensus"):
        assert plan_row(total, WHEN, name, family="Bikes") == pytest.approx(
            plan[plan["family"] == "Bikes"].groupby("period")[name].sum()[WHEN.plan].tolist()
        )
        assert plan_row(total, WHEN, name, family=ALL_FAMILIES) == pytest.approx(
            plan.groupby("period")[name].sum()[WHEN.plan].tolist()
        )
    assert past_row(total, WHEN, "actual", family=ALL_FAMILIES) == pytest.approx(
        NOISE[:, -3:].sum(axis=0)
    )
    assert plan_row(total, WHEN, "last_cycle", family="Bikes") == [0, 0, 0]
    assert np.isnan(plan_row(total, WHEN, "gap_to_aop", family="Bikes")).all()


def test_the_range_of_a_sum_is_narrower_than_the_ranges_added_up() -> None:
    frames = run_demand(WHEN, SETTINGS, items=MASTER, actuals=SALES).frames
    plan, total = frames["demand_plan"], frames["demand_total"]
    width = (plan["high"] - plan["low"]).groupby(plan["period"]).sum()[WHEN.plan]

    low, high = (np.array(plan_row(total, WHEN, n, family=ALL_FAMILIES)) for n in ("low", "high"))

    assert (high - low < width.to_numpy()).all()
    assert (low <= plan_row(total, WHEN, "baseline", family=ALL_FAMILIES)).all()


def test_a_family_of_one_block_has_its_range() -> None:
    frames = run_demand(WHEN, SETTINGS, items=MASTER, actuals=SALES).frames

    for name in ("low", "high"):
        assert plan_row(frames["demand_total"], WHEN, name, family="Parts") == pytest.approx(
            plan_row(frames["demand_plan"], WHEN, name, family="Parts")
        )


def test_blocks_that_offset_each_other_have_a_certain_sum() -> None:
    # what one gains the other loses: the sum is always 100
    first = np.random.default_rng(2).uniform(20, 80, 48)
    history = np.array([first, 100 - first])
    blocks = pd.DataFrame({"family": ["Bikes", "Bikes"], "region": ["North", "South"]})

    def forecast_like_blocks(series: Numbers) -> Baseline:
        return baseline(forecast(series, 3, "statsmodels_ets", 0.8))

    own = forecast_like_blocks(history)

    names = pd.Index(["Bikes"])
    belongs = members(blocks, names)
    sums = forecast_of_sums(history, own, belongs, forecast_like_blocks)
    ends = total_range(blocks, names, own, lambda: sums, belongs)

    assert ends.high - ends.low == pytest.approx(np.zeros((2, 3)), abs=1e-6)


def test_months_not_delivered_are_forecast_and_cut_off() -> None:
    # a year of 1 .. 12 that ends in October: November and December come before the plan
    actuals = sold("B-1", np.arange(1.0, 13.0), last="2025-10")

    plan = run_demand(WHEN, SETTINGS, items=MASTER, actuals=actuals).frames["demand_plan"]

    assert plan_row(plan, WHEN, "baseline") == [3, 4, 5]
    assert past_row(plan, WHEN, "actual") == pytest.approx([12, np.nan, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("level", "blocks"),
    [
        (("family",), ["Bikes", "Parts"]),
        (("family", "region"), ["Bikes/North", "Bikes/South", "Parts/South"]),
        (("item", "region"), ["B-1/North", "B-2/South", "P-1/South"]),
        (("family", "region", "channel"),
         ["Bikes/North/All", "Bikes/South/All", "Parts/South/All"]),
    ],
)  # fmt: skip
def test_levels(level: tuple[str, ...], blocks: list[str]) -> None:
    settings = Settings(
        horizon=3, history_shown=3, forecaster="seasonal_naive", planning_level=level
    )

    plan = run_demand(WHEN, settings, items=MASTER, actuals=SALES).frames["demand_plan"]

    keys = plan[["family", *level[1:]]].agg("/".join, axis=1)
    assert keys.drop_duplicates().tolist() == blocks
    assert plan["actual"].sum() == pytest.approx(NOISE[:, -3:].sum())


def test_open_deals_of_the_past_are_named() -> None:
    deals = rows(
        PIPELINE.inputs,
        """
        opportunity  family  region  stage  quantity  probability  close_date  included
        O-1          Bikes   North   lead   5         0.5          2025-12-31  yes
        O-2          Bikes   North   won    5         0.5          2025-12-31  yes
        O-3          Bikes   North   lead   5         0.5          2026-01-01  yes
        """,
    )

    found = run_demand(WHEN, SETTINGS, items=MASTER, actuals=SALES, pipeline=deals).findings

    assert [f.message for f in found] == [
        "1 open deal should have closed before Jan 2026 and is not in the plan: O-1."
    ]


def test_blocks_with_little_history_are_named() -> None:
    actuals = pd.concat([SALES, sold("P-1", [1, 2], region="East")])

    found = run_demand(WHEN, SETTINGS, items=MASTER, actuals=actuals).findings

    assert [f.message for f in found] == [
        "Too little history for a season: Parts · East."
    ]


def test_nothing_gives_an_empty_plan_with_a_total() -> None:
    frames = run_demand(WHEN, SETTINGS).frames

    assert frames["demand_plan"].empty
    assert plan_row(frames["demand_total"], WHEN, "consensus", family=ALL_FAMILIES) == [0, 0, 0]


@hypothesis.settings(deadline=None, max_examples=10)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Bikes", "Parts"]),
            st.integers(0, 2),
            st.one_of(st.none(), st.integers(-500, 500)),
            st.one_of(st.none(), st.integers(0, 500)),
        ),
        unique_by=lambda row: row[:2],
    )
)
def test_consensus_is_never_negative_and_supply_can_rely_on_the_total(
    typed: list[tuple[str, int, int | None, int | None]],
) -> None:
    declared = input_tables(SETTINGS.level)["demand_plan_inputs"].inputs
    text = "\n".join(
        f"{family}  South  {WHEN.first + month}  {'.' if change is None else change}"
        f"  {'.' if fixed is None else fixed}"
        for family, month, change, fixed in typed
    )
    inputs = rows(declared, "family  region  period  sales_adjustment  fixed\n" + text)

    frames = run_demand(
        WHEN, SETTINGS, items=MASTER, actuals=SALES, demand_plan_inputs=inputs
    ).frames

    plan, total = frames["demand_plan"], frames["demand_total"]
    assert (plan["consensus"].dropna() >= 0).all()
    families = total[total["family"] != ALL_FAMILIES]
    assert families["consensus"].sum() == pytest.approx(plan["consensus"].sum())
