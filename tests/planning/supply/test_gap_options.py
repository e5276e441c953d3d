"""What can be done about a gap, with hours, cost and margin worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.gap_choices import hours_to_commit, production_to_fix
from sop_xl.planning.supply.gap_options import Option, Reckoned, listing, reckoned
from sop_xl.planning.supply.gaps import Loads, built_ahead, gaps_of
from sop_xl.tables.data import CAPACITY_OPTIONS, RESOURCES
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import GAP_OPTIONS
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=2, horizon=4)
SETTINGS = Settings(holding_rate=0.12, late_rate=0.05)
FRAME = rows(RESOURCES.columns, """
    resource  machines  hours_per_day  cost_per_hour
    Frame     1         8              40
""")  # fmt: skip
OFFERS = """
    resource  option       hours  cost_per_hour  fixed_cost  lead_time  start    end
    Frame     overtime     10     .              .           .          .        .
    Frame     extra shift  50     30             100         3          .        .
    Frame     subcontract  20     60             .           .          2026-03  2026-03
"""


def plan(
    gap: list[float],
    overtime: list[float] | None = None,
    storable: tuple[bool, bool] = (True, True),
    stock: tuple[float, float] = (0.0, 0.0),
) -> Loads:
    """Bikes take 1 h and earn 50 (200 - 150), frames 2 h and earn 20 (100 - 80); 10 of each."""
    months = len(gap)
    used = np.array([overtime or [0.0] * months])
    return Loads(
        WHEN, ["Frame"], ["Bikes", "Frames"], np.array([gap]), used, np.zeros((1, months)),
        np.full((2, months), 10.0), np.full((2, months), [[200.0], [100.0]]),
        np.full((2, months), [[150.0], [80.0]]), np.array([[1.0], [2.0]]),
        np.array(storable), np.full((2, months), 10.0), np.array(stock),
        np.full((2, months), [[10.0], [5.0]]),
    )  # fmt: skip


def late(loads: Loads, units: float = 10.0) -> Numbers:
    """So many units of each family are not delivered in any month: more than hours are short."""
    return np.full(loads.production.shape, -units)


def priced(loads: Loads, offers: str = OFFERS, units: float = 10.0) -> list[Reckoned]:
    given = rows(CAPACITY_OPTIONS.columns, offers)
    return reckoned(loads, SETTINGS, FRAME, given, late(loads, units))


def options(loads: Loads, offers: str = OFFERS, units: float = 10.0) -> dict[str, Option]:
    (found,) = priced(loads, offers, units)
    return {one.name: one for one in found.options}


def test_hours_cost_and_margin_of_each_option() -> None:
    """Short by 15 h in March. An hour makes 20 / 30 units; 700 of margin / 30 h = 23.33 an hour.

    2,800 of margin are at stake: 10 of each family in four months.
    """
    found = options(plan([5.0, 0.0, -15.0, 40.0]))
    told = {name: [one.covers.sum(), one.cost, one.gain] for name, one in found.items()}
    assert told["overtime"] == pytest.approx([10, 400, 233.33], abs=0.01)  # the resource's rate
    assert told["subcontract"] == pytest.approx([15, 900, 350])
    assert told["extra shift"] == [0, 0, 0]  # decided now, it begins in April
    # 5 h two months ahead; an hour holds (1500 + 800) / 30 = 76.67 at 1 % a month
    assert told["build ahead"] == pytest.approx([5, 7.67, 116.67], abs=0.01)
    # 15 h one month later: 5 bikes at 10 and 5 frames at 5 for the month
    assert told["move later"] == pytest.approx([15, 75, 350])


def test_an_option_saves_no_more_than_is_at_stake() -> None:
    """One unit of each family is late in each of four months: 4 x (50 + 20)."""
    found = options(plan([5.0, 0.0, -15.0, 40.0]), units=1.0)
    assert found["move later"].gain == pytest.approx(280)
    assert found["build ahead"].gain == pytest.approx(116.67, abs=0.01)  # as its 5 h make less


def test_moving_later_makes_late_only_what_stock_does_not_cover() -> None:
    """4 bikes and 10 frames on stock; April makes up for the 15 h.

    March needs 6 bikes and no frames: 6 h of its 15 h. So everything is delivered in time.
    """
    kept = options(plan([0.0, 0.0, -15.0, 40.0], stock=(4.0, 10.0)))["move later"]
    assert (kept.covers.sum(), kept.cost) == (15, 0)
    assert kept.why.endswith("stock covers the delay")
    # 4 bikes alone: 6 bikes and 10 frames are needed for 26 h, 15 h make 15 / 26 of them
    some = options(plan([0.0, 0.0, -15.0, 40.0], stock=(4.0, 0.0)))["move later"]
    assert some.cost == pytest.approx(11 / 26 * (6 * 10 + 10 * 5))


def test_allocation_by_margin_saves_what_the_least_earners_lose_less() -> None:
    """15 h less: alike 5 of each are late, 350 of margin; of frames alone 7.5, 150 of margin."""
    loads = plan([0.0, 0.0, -15.0, 0.0])
    alike, frames = np.zeros((2, 4)), np.zeros((2, 4))
    alike[:, 2] = -5.0
    frames[1, 2] = -7.5
    offers = rows(CAPACITY_OPTIONS.columns, OFFERS)
    (gap,) = reckoned(loads, SETTINGS, FRAME, offers, alike, frames)
    found = {one.name: one for one in gap.options}["allocate by margin"]
    assert (gap.stake.margin, found.covers.sum(), found.cost) == (350, 0, 0)
    assert found.gain == pytest.approx(200)
    assert found.why.startswith("Gives no hours")
    assert "Frames would, and 150 of margin be late or lost instead of 350" in found.why
    # nothing to gain: it is not offered
    (gap,) = reckoned(loads, SETTINGS, FRAME, offers, alike, alike)
    assert "allocate by margin" not in {one.name for one in gap.options}


def test_hours_that_are_committed_already_are_no_option_any_more() -> None:
    found = options(plan([0.0, 0.0, -15.0, 0.0], overtime=[0.0, 0.0, 6.0, 0.0]))
    assert found["overtime"].covers.tolist() == [0, 0, 4, 0]


def test_without_capacity_options_overtime_is_priced_by_the_resource() -> None:
    found = options(plan([0.0, 0.0, -15.0, 0.0]), "resource  option  hours")
    assert found["overtime"].cost == 15 * 40
    assert "no limit is known" in found["overtime"].why


def test_months_that_follow_each_other_are_one_gap() -> None:
    found = list(gaps_of(plan([-5.0, -5.0, 3.0, -0.2])))
    assert [(g.first, g.last, g.short.sum()) for g in found] == [(0, 1, 10.0)]


def test_the_list_is_ranked_and_keeps_what_people_typed() -> None:
    loads = plan([5.0, 0.0, -15.0, 40.0])
    found = priced(loads)
    typed = rows(GAP_OPTIONS.inputs, """
        resource  period   option    chosen  note
        Frame     2026-03  overtime  yes     Agreed
    """)  # fmt: skip
    table = listing(loads, found, typed, 0.0)
    assert table["rank"].tolist() == [1, 2, 3, 4, 5]
    assert table["net"].tolist()[:-1] == sorted(table["net"].tolist()[:-1], reverse=True)
    assert table["option"].iloc[-1] == "extra shift"  # covers nothing
    row = table.set_index("option").loc["overtime"]
    assert (row["chosen"], row["note"], row["in_time"]) == (True, "Agreed", "● yes")
    late = table.set_index("option").loc["extra shift"]
    assert (late["in_time"], late["ready"]) == ("■ no", pd.Period("2026-04"))
    assert table.set_index("option").loc["overtime", "units"] == pytest.approx(10 * 20 / 30)


def test_an_option_pays_off_by_the_return_that_is_asked_for() -> None:
    """Moving later: (350 - 75) / 75 = 3.67; building ahead: (116.67 - 7.67) / 7.67 = 14.2."""
    loads = plan([5.0, 0.0, -15.0, 40.0])
    found = priced(loads)
    table = listing(loads, found, rows(GAP_OPTIONS.inputs, "resource  option"), 5.0)
    told = table.set_index("option")
    assert told.loc["move later", "roi"] == pytest.approx(275 / 75)
    assert told.loc["build ahead", "roi"] == pytest.approx(14.2, abs=0.02)
    assert told.loc["move later", "pays"] == "▲ too little"
    assert told.loc["build ahead", "pays"] == "● yes"
    assert told.loc["overtime", "pays"] == "■ no"  # 233 gained for 400
    covered = plan([0.0, 0.0, -15.0, 40.0], stock=(10.0, 10.0))
    table = listing(covered, priced(covered, units=0.0), rows(GAP_OPTIONS.inputs), 5.0)
    free = table.set_index("option").loc["move later"]  # nothing is at stake, nothing is late
    assert (free["cost"], free["pays"], free["rank"]) == (0, "● yes", 1)
    assert np.isnan(free["roi"])  # nothing can be divided by no cost
    assert table.set_index("option").loc["overtime", "pays"] == "■ no"


def test_chosen_options_share_a_gap_in_the_order_of_their_ranks() -> None:
    loads = plan([0.0, 0.0, -15.5, 0.0])
    found = priced(loads)
    march = pd.Period("2026-03")
    chosen = {("Frame", march, "overtime"), ("Frame", march, "subcontract")}
    order = [one.name for one in found[0].options if one.name in ("overtime", "subcontract")]
    (row,) = hours_to_commit(loads, found, chosen).to_dict("records")
    assert order[0] == "overtime"
    assert (row["overtime"], row["extra"]) == (10, 6)  # 5.5 h of the subcontractor, whole hours
    assert hours_to_commit(loads, found, set()).empty


def test_building_ahead_fixes_production_from_the_first_month_moved_to_the_last() -> None:
    """15 h of January in place of March: a third of them bikes (5 units), the rest frames (5)."""
    loads = plan([15.0, 0.0, -15.0, 0.0])
    found = priced(loads)
    fixed = production_to_fix(loads, found, {("Frame", pd.Period("2026-03"), "build ahead")})
    wide = fixed.pivot_table(index="family", columns="period", values="production_override")
    assert wide.to_numpy().tolist() == [[15, 10, 5], [15, 10, 5]]


def test_only_what_can_be_stocked_is_built_ahead() -> None:
    """Frames are made to order: of the 15 h the 10 h of bikes can be worked in January."""
    loads = plan([15.0, 0.0, -15.0, 0.0], storable=(True, False))
    assert options(loads)["build ahead"].covers.tolist() == [0, 0, 10, 0]
    # 10 h of bikes hold 150 each at 1 % a month for two months
    assert options(loads)["build ahead"].cost == pytest.approx(10 * 1.5 * 2)
    found = priced(loads)
    fixed = production_to_fix(loads, found, {("Frame", pd.Period("2026-03"), "build ahead")})
    assert fixed["family"].tolist() == ["Bikes"] * 3
    assert fixed["production_override"].tolist() == [20, 10, 0]
    assert "build ahead" not in options(plan([15.0, 0.0, -15.0, 0.0], storable=(False, False)))


def line(gap: list[float]) -> Loads:
    """One family that takes an hour a unit, 100 planned in each month."""
    months = len(gap)
    full = np.full((1, months), 100.0)
    return Loads(
        axis("2026-01", history=1, horizon=months), ["Frame"], ["Bikes"], np.array([gap]),
        np.zeros((1, months)), np.zeros((1, months)), full, 2 * full, full, np.array([[1.0]]),
        np.array([True]), full, np.zeros(1), 0.05 * full,
    )  # fmt: skip


def fixed_by(gap: list[float], chosen: dict[str, list[str]]) -> list[float]:
    """Fixed production where the options of the gaps from these months on are chosen."""
    loads = line(gap)
    found = priced(loads)
    picked = {
        ("Frame", pd.Period(month), name) for month, names in chosen.items() for name in names
    }
    fixed = production_to_fix(loads, found, picked).set_index("period")["production_override"]
    return [float(fixed.get(period, 100.0)) for period in loads.axis.plan]


def test_two_moves_of_one_gap_share_its_hours() -> None:
    """20 h are short: once they are built ahead nothing is left to move later."""
    both = fixed_by([20.0, -20.0, 20.0], {"2026-02": ["build ahead", "move later"]})
    assert both == [120, 80, 100]
    assert both == fixed_by([20.0, -20.0, 20.0], {"2026-02": ["build ahead"]})


def test_hours_of_overtime_need_not_be_moved_as_well() -> None:
    """Overtime at 40 an hour is dearer than holding: 20 h are built ahead, none is left."""
    chosen = {"2026-02": ["build ahead", "overtime"]}
    assert fixed_by([20.0, -20.0, 0.0], chosen) == [120, 80, 100]


def test_hours_to_spare_are_used_once() -> None:
    """March has 20 h to spare; February moves into it, April would build ahead in it as well."""
    made = fixed_by(
        [0.0, -20.0, 20.0, -20.0, 0.0], {"2026-02": ["move later"], "2026-04": ["build ahead"]}
    )
    assert made == [100, 80, 120, 100, 100]


def test_work_that_comes_before_completion_moves_the_month_of_completion() -> None:
    """All work is done a month before: 15 h from February to January take 15 units from what is
    completed in March and add them in February."""
    loads = line([20.0, -15.0, 0.0])._replace(before={1: np.array([[1.0]])})
    found = priced(loads, "resource")
    fixed = production_to_fix(loads, found, {("Frame", pd.Period("2026-02"), "build ahead")})
    assert fixed["period"].astype(str).tolist() == ["2026-02", "2026-03"]
    assert fixed["production_override"].tolist() == [115, 85]


def test_an_hour_is_worth_what_it_completes_later() -> None:
    """January works on February's units: a price of 300 in March is February's hour's."""
    loads = line([0.0, 0.0, 0.0])._replace(before={1: np.array([[1.0]])})
    loads.price[0, 2] = 300.0
    assert loads.worth(0).price.tolist() == [200.0, 300.0, 0.0]


def staged(gap: list[float], made: float = 10.0) -> Loads:
    """A unit takes an hour in its month and two hours two months before."""
    loads = line(gap)
    months = len(gap)
    return loads._replace(
        hours=np.array([[3.0]]), before={2: np.array([[2.0]])},
        production=np.full((1, months), made), demand=np.full((1, months), made),
    )  # fmt: skip


@pytest.mark.parametrize("gap", [
    [10.0, -20.0, -5.0],  # production 10 of 3 months
    [10.0, 0.0, -5.0, 0.0, 0.0],
    [0.0, 0.0, -5.0, 40.0, 40.0],
    [5.0, 5.0, -4.0, 10.0, 10.0, 10.0],
])  # fmt: skip
def test_a_move_of_work_in_several_months_takes_the_hours_that_it_tells(gap: list[float]) -> None:
    """No unit gets lost, no month becomes short, and the load falls by the hours covered."""
    loads = staged(gap)
    for reckoning in priced(loads, "resource"):
        short = reckoning.gap.short
        for option in reckoning.options:
            if option.moved is None:
                continue
            more = loads.bill.load(option.moved.change)[0]
            assert option.moved.change.sum() == pytest.approx(0.0, abs=1e-6)
            assert (more <= np.maximum(loads.gap[0], 0.0) + 1e-6).all()
            assert option.covers == pytest.approx(np.clip(-more, 0.0, short))
            assert option.moved.arriving.sum() > 0


def test_hours_of_the_last_months_are_not_to_spare_for_work_before_completion() -> None:
    """What is completed after the plan, and takes them, is not known."""
    assert staged([5.0, 5.0, 5.0, 5.0]).spare.tolist() == [[5.0, 5.0, 0.0, 0.0]]
    assert line([5.0, -5.0, 5.0]).spare.tolist() == [[5.0, 0.0, 5.0]]


def test_overtime_without_an_option_goes_up_to_the_cap_of_the_teams() -> None:
    loads = plan([-30.0, -30, 0, 0], overtime=[4.0, 0, 0, 0])
    limited = loads._replace(overtime_cap={0: np.full(4, 10.0)})
    found = options(limited, offers="")["overtime"]
    assert found.covers.tolist() == [6, 10, 0, 0]
    assert found.cost == 16 * 40
    # where nobody says how much there is, it says that no other sheet counts it
    assert "Strategy and profit count no cost" in options(loads, offers="")["overtime"].why


@pytest.mark.parametrize(("other", "covers"), [(100.0, 20.0), (15.0, 15.0), (-5.0, 0.0)])
def test_building_ahead_makes_no_other_resource_short(other: float, covers: float) -> None:
    loads = plan([40.0, -20.0])._replace(
        resources=["Frame", "Paint"], gap=np.array([[40.0, -20.0], [other, other]]),
        overtime=np.zeros((2, 2)), extra=np.zeros((2, 2)),
        hours=np.array([[1.0, 0.5], [2.0, 2.5]]),
    )  # fmt: skip
    # a month takes 10 x 1 + 10 x 2 h of the frame and 10 x 0.5 + 10 x 2.5 h of the paint: 30 each,
    # so an hour that moves at the frame moves one at the paint
    spare = loads.spare[0]
    moved = built_ahead(loads, next(gaps_of(loads)), spare)
    assert moved.covers.sum() == pytest.approx(covers)
    assert loads.bill.load(moved.change)[1] == pytest.approx([covers, -covers])
    assert spare[0] == pytest.approx(40 - covers)


def test_two_gaps_share_what_another_resource_has_to_spare() -> None:
    """Frame lacks 20 h in months 1 and 3 and has 100 h to spare in month 0, Paint only 15 h there.

    An hour that moves at the frame moves one at the paint, so the two gaps get 15 h together.
    """
    frame, paint = [100.0, -20, 0, -20], [15.0, 0, 0, 0]
    loads = plan(frame)._replace(
        resources=["Frame", "Paint"], gap=np.array([frame, paint]),
        overtime=np.zeros((2, 4)), extra=np.zeros((2, 4)),
        hours=np.array([[1.0, 0.5], [2.0, 2.5]]),
    )  # fmt: skip
    offers = rows(CAPACITY_OPTIONS.columns, "resource  option  hours")
    found = reckoned(loads, SETTINGS, FRAME, offers, late(loads))
    ahead = [one for gap in found for one in gap.options if one.name == "build ahead"]
    assert [one.covers.sum() for one in ahead] == pytest.approx([15])
    chosen = {("Frame", WHEN.plan[at], "build ahead") for at in (1, 3)}
    fixed = production_to_fix(loads, found, chosen)
    # 15 h of 30 in month 1 come to month 0: 5 of 10 of each family
    assert fixed.groupby("period")["production_override"].apply(list).tolist() == [[15, 15], [5, 5]]
