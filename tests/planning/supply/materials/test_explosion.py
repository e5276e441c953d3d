"""A bill of material, level by level, against Stevenson and by hand."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.materials.exceptions import order_messages
from sop_xl.planning.supply.materials.explosion import MaterialPlan, material_plan


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text.strip()), sep=r"\s+")


SHUTTERS = """
item     lead_time  supplier  unit_cost
shutter  1          .         .
frame    2          Oak       3
wood     1          Pine      0.5
"""
BILL = """
parent   component  quantity
shutter  frame      2
shutter  wood       4
"""
ITEMS = table(SHUTTERS).replace(".", np.nan)


def needed(items: pd.DataFrame, *rows: list[float]) -> Numbers:
    demand = np.zeros((len(items), len(rows[0])))
    demand[: len(rows)] = rows
    return demand


def shutters() -> MaterialPlan:
    demand = needed(ITEMS, [0, 0, 0, 100, 0, 0, 0, 150])
    receipts = np.zeros_like(demand)
    receipts[2, 0] = 70
    return material_plan(ITEMS, table(BILL), demand, receipts)


def test_shutters_need_frames_and_wood() -> None:
    plan = shutters()

    assert plan.gross[1].tolist() == [0, 0, 200, 0, 0, 0, 300, 0]
    assert plan.gross[2].tolist() == [0, 0, 400, 0, 0, 0, 600, 0]
    assert plan.release.tolist() == [
        [0, 0, 100, 0, 0, 0, 150, 0], [200, 0, 0, 0, 300, 0, 0, 0], [0, 330, 0, 0, 0, 600, 0, 0],
    ]  # fmt: skip
    assert plan.late.sum() == 0


def test_pegging_says_who_needs_it() -> None:
    assert shutters().pegging.to_numpy().tolist() == [
        ["frame", 2, "shutter", 200], ["frame", 6, "shutter", 300],
        ["wood", 2, "shutter", 400], ["wood", 6, "shutter", 600],
    ]  # fmt: skip


def test_a_part_of_two_levels_is_netted_once() -> None:
    # a bolt goes into the bike and into its wheel: 10 bikes need 10 x (1 + 2 x 4) bolts, 20 are
    # there; with 10 % scrap in the wheel 10 + 80 / 0.9 - 20
    items = table("item on_hand\nbolt 20\nbike 0\nwheel 0")
    bill = table("parent component quantity scrap\nbike bolt 1 0\nbike wheel 2 0\nwheel bolt 4 0.1")

    plan = material_plan(items, bill, np.array([[0.0], [10], [0]]))

    assert plan.gross[0, 0] == pytest.approx(10 + 80 / 0.9)
    assert plan.net[0, 0] == pytest.approx(10 + 80 / 0.9 - 20)


def test_own_demand_adds_to_that_of_parents_and_yield_to_what_is_started() -> None:
    # 90 good tables at a yield of 0.9 start 100, so 400 legs, and 5 legs are sold as spares
    items = table("item output\ntable 0.9\nleg 1")
    bill = table("parent component quantity\ntable leg 4")

    plan = material_plan(items, bill, np.array([[90.0], [5]]))

    assert (plan.release.ravel().tolist(), plan.gross[1, 0]) == ([100, 405], 405)


def test_a_lead_time_beyond_the_horizon_is_late() -> None:
    items = table("item lead_time\nring 9")
    demand = np.array([[0.0, 5, 0]])

    plan = material_plan(items, table("parent component quantity"), demand)
    messages = order_messages(
        ["ring"], plan.gross, np.zeros((1, 1)), np.zeros((1, 3)), np.zeros((1, 1)),
        np.array([9]), plan.late,
    )  # fmt: skip

    assert plan.late.tolist() == [[0, 5, 0]]
    assert [message.text(["May", "June", "July"]) for message in messages] == [
        "Expedite a new order of 5 of ring for June: its lead time ends after the last period."
    ]


@pytest.mark.parametrize(
    ("bill", "reason"),
    [
        ("a b 1\nb c 1\nc a 1", "runs in a circle: a > b > c > a"),
        ("a a 1", "runs in a circle: a > a"),
        ("d a 1\na b 1\nb a 1\nb c 1", "runs in a circle: a > b > a"),
        ("a x 1", "names x, which is no item"),
        ("a b -1", "b in a: the quantity has to be zero or more"),
    ],
)
def test_a_wrong_bill_is_named(bill: str, reason: str) -> None:
    items = table("item\na\nb\nc\nd")
    with pytest.raises(ValueError, match=r"bill|quantity") as raised:
        material_plan(items, table(f"parent component quantity\n{bill}"), np.ones((4, 2)))
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    ("items", "demand", "reason"),
    [
        ("item on_hand\na -5", [[1.0]], "on hand of a is -5"),
        ("item output\na 0", [[1.0]], "output of a is 0"),
        ("item\na", [[-1.0]], "demand of a is negative"),
        ("item\na", [[1.0], [1.0]], "demand has 2 rows for 1 items"),
        ("item\na\na", [[1.0], [1.0]], "the item a is there twice"),
        ("item lead_time\na 1.5", [[1.0]], "whole periods"),
    ],
)
def test_impossible_numbers_are_named(items: str, demand: list[list[float]], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        material_plan(table(items), table("parent component quantity"), np.array(demand))


@given(st.integers(0, 2**32 - 1))
def test_gross_is_own_demand_and_what_parents_release(seed: int) -> None:
    draws = np.random.default_rng(seed)
    names = [f"item {number}" for number in range(6)]
    pairs = [(p, c) for p in range(6) for c in range(p + 1, 6) if draws.random() < 0.4]
    items = pd.DataFrame({
        "item": names, "on_hand": draws.integers(0, 50, 6), "lead_time": draws.integers(0, 3, 6),
        "safety_stock": draws.integers(0, 9, 6), "lot_size": draws.choice([0, 12], 6),
    })  # fmt: skip
    bill = pd.DataFrame({
        "parent": [names[p] for p, _ in pairs], "component": [names[c] for _, c in pairs],
        "quantity": draws.integers(1, 5, len(pairs)).astype(float),
    })  # fmt: skip
    demand = draws.integers(0, 30, (6, 5)).astype(float)

    plan = material_plan(items, bill, demand)

    expected = demand.copy()
    for (p, c), quantity in zip(pairs, bill["quantity"], strict=True):
        expected[c] += plan.release[p] * quantity
    assert plan.gross == pytest.approx(expected)
    assert (plan.projected >= items["safety_stock"].to_numpy()[:, np.newaxis] - 1e-6).all()
    assert plan.release.sum(axis=1) == pytest.approx(plan.receipt.sum(axis=1))
    pegged = plan.pegging["quantity"].sum()
    assert pegged == pytest.approx((plan.gross - demand).sum())


# ---- open orders -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gross", "on_hand", "receipts", "messages"),
    [
        ([10, 10, 10], 5, [0, 20, 0], ["Expedite 20 of leg from June to May."]),
        ([10, 10, 10], 20, [5, 0, 5], ["Delay 5 of leg from May to July."]),
        ([10, 0, 0], 20, [0, 7, 0], ["Cancel 7 of leg due in June: nothing needs it up to July."]),
        ([10, 10, 10], 10, [0, 10, 10], []),
        # the first order serves the first need, the second one the next
        ([0, 10, 10], 0, [0, 0, 30],
         ["Expedite 30 of leg from July to June."]),
    ],
    ids=["expedite", "delay and on time", "cancel", "all on time", "one order"],
)  # fmt: skip
def test_open_orders_that_come_at_the_wrong_time(
    gross: list[float], on_hand: float, receipts: list[float], messages: list[str]
) -> None:
    found = order_messages(
        ["leg"], np.array([gross]), np.array([[on_hand]]), np.array([receipts]),
        np.zeros((1, 1)), np.zeros(1, dtype=np.int64), np.zeros((1, 3)),
    )  # fmt: skip

    assert [message.text(["May", "June", "July"]) for message in found] == messages
