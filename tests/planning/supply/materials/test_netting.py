"""Gross to net and master schedules against Stevenson, and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.materials.netting import net_requirements

# Stevenson, Operations Management, master scheduling of pumps
FORECAST = [30, 30, 30, 30, 40, 40, 40, 40]
ORDERS = [33, 20, 10, 4, 2, 0, 0, 0]


def answer(name: str, *arguments: object, **named_ones: object) -> Numbers:
    return np.asarray(named(name)(*arguments, **named_ones), dtype=float)


def test_pumps_are_made_in_lots_of_seventy() -> None:
    schedule = answer("SOP_MPS", 64, FORECAST, ORDERS, 70)

    assert schedule.tolist() == [0, 0, 70, 0, 70, 0, 70, 70]
    assert answer("SOP_PAB", 64, schedule, FORECAST, ORDERS).tolist() == [
        31, 1, 41, 11, 41, 1, 31, 61,
    ]  # fmt: skip
    promised = answer("SOP_ATP", 64, schedule, ORDERS)
    assert promised[[0, 2, 4, 6, 7]].tolist() == [11, 56, 68, 70, 70]


def test_a_master_schedule_keeps_its_safety_stock() -> None:
    assert answer("SOP_MPS", 10, [5, 5, 5], None, 0, 6).tolist() == [1, 5, 5]
    assert answer("SOP_MPS", -4, [5, 5]).tolist() == [9, 5]


# Stevenson, Operations Management, MRP: 100 shutters in week 4, 150 in week 8; two frames and four
# wood sections each; one week to assemble, two for frames, one for wood; 70 sections come in week 1
SHUTTERS = [0, 0, 0, 100, 0, 0, 0, 150]


def test_shutters_lot_for_lot() -> None:
    assembled = answer("SOP_NETREQ", SHUTTERS, lead_time=1)
    assert assembled.tolist() == [0, 0, 100, 0, 0, 0, 150, 0]
    assert answer("SOP_NETREQ", 2 * assembled, lead_time=2).tolist() == [
        200, 0, 0, 0, 300, 0, 0, 0,
    ]  # fmt: skip
    wood = answer("SOP_NETREQ", 4 * assembled, 0, [70, 0, 0, 0, 0, 0, 0, 0], lead_time=1)
    assert wood.tolist() == [0, 330, 0, 0, 0, 600, 0, 0]


def test_shutters_in_lots() -> None:
    frames, wood = [0, 0, 200, 0, 0, 0, 300, 0], [0, 0, 400, 0, 0, 0, 600, 0]
    due = [70, 0, 0, 0, 0, 0, 0, 0]

    assert answer("SOP_NETREQ", frames, lead_time=2, lot_size=320).tolist() == [
        320, 0, 0, 0, 320, 0, 0, 0,
    ]  # fmt: skip
    assert answer("SOP_NETREQ", wood, 0, due, lead_time=1, lot_size=70).tolist() == [
        0, 350, 0, 0, 0, 630, 0, 0,
    ]  # fmt: skip
    stock = answer("SOP_NETREQ", frames, lead_time=2, lot_size=320, show="projected")
    assert stock.tolist() == [0, 0, 120, 120, 120, 120, 140, 140]


def test_minimum_cover_and_loss() -> None:
    gross = [10, 0, 20, 5]

    assert answer("SOP_NETREQ", gross, minimum=30).tolist() == [30, 0, 0, 30]
    # an order for two periods: 10 + 0, then 20 + 5
    assert answer("SOP_NETREQ", gross, cover=2).tolist() == [10, 0, 25, 0]
    assert answer("SOP_NETREQ", gross, 4, output=0.5).tolist() == [12, 0, 40, 10]
    assert answer("SOP_NETREQ", gross, 4, safety_stock=3, show="net").tolist() == [9, 0, 20, 5]


def test_what_should_have_been_released_before_is_released_now() -> None:
    assert answer("SOP_NETREQ", [10, 5, 20], lead_time=2).tolist() == [35, 0, 0]
    assert answer("SOP_NETREQ", [10, 5, 20], lead_time=99).tolist() == [35, 0, 0]


def test_items_stand_in_rows_and_a_column_stays_a_column() -> None:
    found = answer("SOP_NETREQ", [[0, 10], [0, 10]], [[4], [0]], lead_time=[[0], [1]])

    assert found.tolist() == [[0, 6], [10, 0]]
    assert answer("SOP_NETREQ", [[0], [10]], lead_time=1).tolist() == [[10], [0]]


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (([5], -1), "#NUM!", "on_hand"),
        (([5], 0, None, 0, 1.5), "#N/A", "a lead time has to be whole periods"),
        (([5], 0, None, 0, -1), "#NUM!", "lead_time"),
        (([5, 5], 0, [1, 2, 3]), "#N/A", "do not fit"),
        (([None],), "#N/A", "not enough"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[object, ...], code: str, reason: str) -> None:
    with pytest.raises(CellError, match=reason) as raised:
        named("SOP_NETREQ")(*arguments)
    assert raised.value.code == code


quantities = st.lists(st.integers(0, 99), min_size=1, max_size=12)


@given(quantities, st.integers(0, 99), st.integers(0, 30), st.integers(0, 40), st.integers(1, 5))
def test_stock_never_falls_below_safety_and_balances(
    gross: list[int], on_hand: int, safety: int, lot: int, cover: int
) -> None:
    shown = {
        part: np.asarray(
            net_requirements(
                gross, on_hand, safety_stock=safety, lot_size=lot, cover=cover, show=part
            ),
            dtype=float,
        )
        for part in ("receipt", "projected")
    }  # fmt: skip

    assert (shown["projected"] >= safety).all()
    assert shown["projected"].tolist() == (on_hand + np.cumsum(shown["receipt"] - gross)).tolist()
    if lot:
        assert (shown["receipt"] % lot == 0).all()
    if lot == 0:
        # never more than the needs and the safety stock
        assert shown["receipt"].sum() <= max(0, sum(gross) + safety - on_hand)
