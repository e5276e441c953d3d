"""Further published cases through the worksheet functions: plans, requirements, safety stock."""

from __future__ import annotations

import numpy as np
import pytest

from sop_xl.functions import named
from sop_xl.planning.frames import Numbers


def answer(name: str, *arguments: object, **named_ones: object) -> Numbers:
    return np.asarray(named(name)(*arguments, **named_ones), dtype=float)


def sheet(**rules: float) -> tuple[list[list[str]], list[list[float]]]:
    """Two ranges beside each other: names and numbers."""
    return [[name.replace("_", " ")] for name in rules], [[number] for number in rules.values()]


# ---- Jacobs and Chase, Operations and Supply Chain Management, sales and operations planning:
# the JC Company, demand and a safety stock of a quarter of it, 5 hours a unit at 4 an hour

JC_DEMAND = np.array([1800, 1500, 1100, 900, 1100, 1600])
JC_DAYS = np.array([22, 19, 21, 21, 22, 20])
JC_REQUIRED = [1850, 1425, 1000, 850, 1150, 1725]
JC = {"hours_per_unit": 5.0, "regular_cost": 4.0, "hiring_cost": 200.0, "layoff_cost": 250.0,
      "subcontract_cost": 20.0, "opening_workers": 53.0}  # fmt: skip


def test_the_production_required_keeps_a_quarter_of_demand_in_stock() -> None:
    assert answer("SOP_CHASE", JC_DEMAND, 400, 0.25 * JC_DEMAND).tolist() == JC_REQUIRED


def test_exact_production_with_a_workforce_that_varies_costs_172800() -> None:
    # 160,000 of labour, 29 people hired for 5,800 and 28 laid off for 7,000
    workers = np.round(np.array(JC_REQUIRED) * 5 / (8 * JC_DAYS))
    assert workers.tolist() == [53, 47, 30, 25, 33, 54]
    cost = answer("SOP_PLANCOST", JC_REQUIRED, *sheet(**JC), JC_REQUIRED, workers=workers)
    assert cost == pytest.approx(172_800)


def test_a_low_constant_workforce_and_a_subcontractor_cost_160000() -> None:
    made = 25 * 8 * JC_DAYS / 5
    bought = np.array(JC_REQUIRED) - made
    assert bought.tolist() == [970, 665, 160, 10, 270, 925]
    rules = JC | {"hiring_cost": 0.0, "layoff_cost": 0.0}
    cost = answer("SOP_PLANCOST", JC_REQUIRED, *sheet(**rules), made, 0, bought, 25)
    assert cost == pytest.approx(100_000 + 60_000)


# ---- Chopra and Meindl, Supply Chain Management, aggregate planning: Red Tomato Tools with more
# demand at the peak


@pytest.mark.parametrize(("whole", "cost"), [(0, 432_858), (1, 433_080)])
def test_red_tomato_with_a_higher_peak(whole: int, cost: int) -> None:
    """An early edition has parts of people, a later one whole people."""
    rules = sheet(
        material_cost=10, holding_cost=2, backorder_cost=5, subcontract_cost=30, opening_stock=1000,
        ending_stock=500, hours_per_unit=4, opening_workers=80, hours_per_worker=160, wage=640,
        overtime_per_worker=10, overtime_cost=6, hiring_cost=300, layoff_cost=500,
        whole_workers=whole,
    )  # fmt: skip
    demand = [1000, 3000, 3800, 4800, 2000, 1400]
    total = answer("SOP_AGGPLAN", demand, *rules, "optimised", "total")
    assert total == pytest.approx(cost, abs=0.5)


# ---- Krajewski, Ritzman and Malhotra, Operations Management, material requirements planning: seat
# subassembly C, 37 on hand, 230 due in the first week, two weeks of lead time

SEATS, DUE = [150, 0, 0, 120, 0, 150, 120, 0], [230, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("rule", "receipts", "projected"),
    [
        ({"lot_size": 230}, [0, 0, 0, 230, 0, 0, 230, 0], [117, 117, 117, 227, 227, 77, 187, 187]),
        ({"cover": 3}, [0, 0, 0, 153, 0, 0, 120, 0], [117, 117, 117, 150, 150, 0, 0, 0]),
        ({}, [0, 0, 0, 3, 0, 150, 120, 0], [117, 117, 117, 0, 0, 0, 0, 0]),
    ],
    ids=["fixed quantity", "periodic quantity of 3 weeks", "lot for lot"],
)
def test_seats_by_three_lot_rules(
    rule: dict[str, int], receipts: list[int], projected: list[int]
) -> None:
    def shown(part: str) -> list[float]:
        found = answer("SOP_NETREQ", SEATS, 37, DUE, lead_time=2, show=part, **rule)
        return [float(number) for number in found]

    assert shown("receipt") == receipts
    assert shown("projected") == projected
    assert shown("release") == [*receipts[2:], 0, 0]


# ---- Heizer and Render, Operations Management, MRP: fifty speaker kits A in week 8; A takes 2 B
# and 3 C, B 2 D and 2 E, C 2 E and 2 F, F 2 D and 1 G


def test_speaker_kits_net_of_what_is_on_hand() -> None:
    def released(gross: Numbers, on_hand: float, lead: int) -> Numbers:
        return answer("SOP_NETREQ", gross, on_hand, lead_time=lead)

    week = np.arange(1, 9)
    kits = released(np.where(week == 8, 50.0, 0.0), 10, 1)
    b, c = released(2 * kits, 15, 2), released(3 * kits, 20, 1)
    f = released(2 * c, 5, 3)
    e, d, g = released(2 * b + 2 * c, 10, 2), released(2 * b + 2 * f, 10, 1), released(f, 0, 2)

    def told(found: Numbers) -> dict[int, float]:
        return {int(at): float(found[at - 1]) for at in week[found > 0]}

    # 50 - 10 kits in week 7; 2 x 40 - 15 of B, 3 x 40 - 20 of C, each by its own lead time
    assert told(kits) == {7: 40}
    assert told(b) == {5: 65}
    assert told(c) == {6: 100}
    assert told(e) == {3: 120, 4: 200}
    assert told(f) == {3: 195}
    assert told(d) == {2: 380, 4: 130}
    assert told(g) == {1: 195}


# ---- safety stock; the books round the normal deviate to two digits, so half a unit is allowed


@pytest.mark.parametrize(
    ("level", "spread", "mean", "days", "point"),
    [
        # Heizer and Render: 15 laptops a day, deviation 5, two days, 90 %
        (0.90, {"sigma_demand": 5, "lead_time": 2}, 15, 2, 39),
        # Heizer and Render: 10 cameras a day, six days with a deviation of one, 98 %
        (0.98, {"sigma_demand": 0, "lead_time": 6, "sigma_lead_time": 1, "mean_demand": 10},
         10, 6, 80.55),
        # Heizer and Render: 150 packs a day, deviation 16, five days with one of one day, 95 %
        (0.95, {"sigma_demand": 16, "lead_time": 5, "sigma_lead_time": 1, "mean_demand": 150},
         150, 5, 1004),
        # Nahmias: mustard, 100 jars in the lead time, deviation 25, 98 % of cycles
        (0.98, {"sigma_demand": 25, "lead_time": 1}, 100, 1, 151),
    ],
    ids=["laptops", "cameras", "packs", "mustard"],
)  # fmt: skip
def test_reorder_points(
    level: float, spread: dict[str, float], mean: float, days: float, point: float
) -> None:
    stock = answer("SOP_SAFETY", level, **spread)
    assert answer("SOP_REORDER", mean, days, stock) == pytest.approx(point, abs=0.5)


def test_mustard_with_a_fill_rate_of_98_percent_needs_16_instead_of_51() -> None:
    # Nahmias: lots of 200, expected shortage 200 x 0.02 = 4, L(z) = 0.16, so R = 116
    stock = answer("SOP_SAFETY_FILL", 0.98, 200, 25, 1)
    assert 100 + stock == pytest.approx(116, abs=0.5)
    assert answer("SOP_STOCK_SERVICE", stock, 25, 200).ravel()[2] == pytest.approx(0.98)
