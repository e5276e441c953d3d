"""Price, volume and mix against a published example; the effects sum to the change of revenue."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.finance.bridge import full_bridge, price_volume_mix
from sop_xl.planning.finance.cents import apportioned, whole
from sop_xl.planning.frames import Numbers

# freemathhelp.com, budget against actual: ABC and DEF
BUDGET_PRICE, BUDGET_UNITS = [[1.20], [0.80]], [[50], [40]]
PRICE, UNITS = [[1.10], [1.00]], [[60], [50]]

items = st.lists(
    st.tuples(*[st.integers(1, 10_000), st.integers(0, 999)] * 2), min_size=1, max_size=12
)


def bridge(*arguments: object) -> Numbers:
    return np.asarray(named("SOP_PVM")(*arguments), dtype=float)


def test_price_volume_and_mix_in_total() -> None:
    found = bridge(BUDGET_PRICE, BUDGET_UNITS, PRICE, UNITS)

    assert found.round(1).tolist() == [[4.0, 20.4, -0.4, 0.0]]
    assert found.sum() == pytest.approx(24.0)


def test_price_volume_and_mix_of_each_item() -> None:
    found = bridge(BUDGET_PRICE, BUDGET_UNITS, PRICE, UNITS, "items")

    assert found.round(2).tolist() == [[-6.0, 13.33, -1.33, 0], [10.0, 7.11, 0.89, 0]]


def test_items_that_lie_across_have_their_effects_below_each_other() -> None:
    across = [np.transpose(cells).tolist() for cells in (BUDGET_PRICE, BUDGET_UNITS, PRICE, UNITS)]

    assert bridge(*across).round(1).tolist() == [[4.0], [20.4], [-0.4], [0.0]]
    assert bridge(*across, "items")[0].tolist() == pytest.approx([-6.0, 10.0])
    assert bridge([1.2, 0.8], [50, 40], [1.1, 1.0], [60, 50]).shape == (4,)


def test_new_and_discontinued_items_stand_apart() -> None:
    # a new one sells 7 at 2, one of 10 at 5 is gone; neither needs the price that it never had
    found = bridge(
        [*BUDGET_PRICE, [None], [5]], [*BUDGET_UNITS, [None], [10]],
        [*PRICE, [2], [None]], [*UNITS, [7], [0]], "items",
    )  # fmt: skip

    assert found[:2].tolist() == bridge(BUDGET_PRICE, BUDGET_UNITS, PRICE, UNITS, "items").tolist()
    assert found[2:].tolist() == [[0, 0, 0, 14], [0, 0, 0, -50]]


def test_an_item_sold_neither_time_changes_nothing() -> None:
    found = bridge([*BUDGET_PRICE, [3], [3]], [*BUDGET_UNITS, [0], [None]],
                   [*PRICE, [3], [3]], [*UNITS, [0], [None]])  # fmt: skip

    assert found.round(1).tolist() == [[4.0, 20.4, -0.4, 0.0]]


def test_a_price_that_is_missing_leaves_its_effects_open() -> None:
    found = bridge([[None], [0.8]], BUDGET_UNITS, PRICE, UNITS)

    assert np.isnan(found).tolist() == [[True, True, True, False]]


def test_only_new_items_are_only_new() -> None:
    assert bridge([5, 5], [0, 0], [4, 6], [10, 10]).tolist() == [0, 0, 0, 100]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (([1, 2], [1, 2, 3], [1, 2], [1, 2]), "#N/A: SOP_PVM: the ranges do not fit"),
        (([1, 2], [None, ""], [1, 2], ["x", None]), "#N/A: SOP_PVM: the cells given are not"),
        (([1], [1], [1], [1], "family"), "#VALUE!: SOP_PVM: detail has to be total or items"),
    ],
)
def test_what_makes_no_bridge_is_refused(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        bridge(*arguments)


def test_rounded_numbers_sum_to_the_rounded_change() -> None:
    # 66.666 for 3 units more of an item, and of another one: 133.332 in all, shown as 133.33
    total = bridge([[22.222]] * 2, [[1], [1]], [[22.222]] * 2, [[4], [4]], "total", 2)
    assert total.tolist() == [[0, 133.33, 0, 0]]
    each = bridge([[22.222]] * 2, [[1], [1]], [[22.222]] * 2, [[4], [4]], "items", 2)
    assert each[:, 1].tolist() == [66.67, 66.66]


def every(*arguments: object) -> dict[str, float]:
    """The effects of SOP_BRIDGE in total that are not zero."""
    found = np.asarray(named("SOP_BRIDGE")(*arguments), dtype=float).ravel()
    names = ("price", "volume", "mix", "cost", "currency", "new", "discontinued", "timing")
    return {name: amount for name, amount in zip(names, found.tolist(), strict=True) if amount}


def test_the_full_bridge_of_the_same_example() -> None:
    arguments = (BUDGET_PRICE, BUDGET_UNITS, PRICE, UNITS)
    found = every(*arguments)
    # across, as the items stand down
    assert np.asarray(named("SOP_BRIDGE")(*arguments)).shape == (1, 8)
    assert {name: round(amount, 1) for name, amount in found.items()} == {
        "price": 4.0, "volume": 20.4, "mix": -0.4,
    }  # fmt: skip


def test_a_margin_in_another_currency() -> None:
    # 10 units at 4 and rate 0.5, cost 1; after 12 at 5 and rate 0.6, cost 1.5; by hand:
    # volume 2 (4 x 0.5 - 1), price 12 x 1 x 0.5, cost -12 x 0.5, currency 60 x 0.1
    found = every(4, 10, 5, 12, 1, 1.5, 0.5, 0.6, "total", 2)
    assert found == {"volume": 2, "price": 6, "cost": -6, "currency": 6}


def test_months_across_show_what_moved_between_them() -> None:
    arguments = ([[2, 2]], [[100, 100]], [[2, 2]], [[80, 120]])
    assert every(*arguments) == {}
    by_month = np.asarray(named("SOP_BRIDGE")(*arguments, detail="periods"), dtype=float)
    assert by_month[:, 7].tolist() == [-40, 40]
    by_item = named("SOP_BRIDGE")([[2], [2]], [[100], [None]], [[2], [3]], [[80], [10]],
                                  detail="items")  # fmt: skip
    assert np.asarray(by_item)[:, 5].tolist() == [0, 30]


def test_one_cost_alone_makes_no_margin() -> None:
    with pytest.raises(CellError, match="give the cost before and the cost after, or neither"):
        every([1], [1], [1], [1], [1])


@given(items, st.integers(0, 4))
def test_rounded_effects_sum_exactly(sold: list[tuple[int, int, int, int]], decimals: int) -> None:
    p0, v0, p1, v1 = np.array(sold, dtype=float).T
    p0, p1 = p0 / 700, p1 / 700

    found = full_bridge(p0, v0, p1, v1, p0 / 3, p1 / 2, detail="items", decimals=decimals)

    units = np.round(found * 10**decimals).astype(int)
    assert found == pytest.approx(units / 10**decimals, abs=1e-12)
    change = (p1 * v1).sum() / 2 - (p0 * v0).sum() * 2 / 3
    assert units.sum() == pytest.approx(change * 10**decimals, abs=0.5001)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=9), st.integers(-(10**9), 10**9))
def test_apportioned_parts_sum_to_any_total(parts: list[float], total: int) -> None:
    assert apportioned(np.array([parts]), np.array([total])).sum() == total


def test_an_amount_beyond_the_exact_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="too large to be exact"):
        whole(np.array([1e14]))


@given(items)
def test_the_effects_sum_to_the_change_of_revenue(
    sold: list[tuple[int, int, int, int]]
) -> None:
    p0, v0, p1, v1 = np.array(sold, dtype=float).T
    change = (p1 * v1).sum() - (p0 * v0).sum()

    total, each = (price_volume_mix(p0, v0, p1, v1, detail) for detail in ("total", "items"))

    assert total.sum() == pytest.approx(change, rel=1e-9, abs=1e-6)
    assert each.sum(axis=0) == pytest.approx(total, rel=1e-9, abs=1e-6)
    # mix moves units between the items that stayed: at one price it is nothing
    alike = price_volume_mix(np.full_like(p0, 3.0), v0, p1, v1)
    assert alike[2] == pytest.approx(0, abs=1e-6)


@given(items, st.integers(1, 1000))
def test_in_another_currency_all_effects_change_alike(
    sold: list[tuple[int, int, int, int]], rate: int
) -> None:
    p0, v0, p1, v1 = np.array(sold, dtype=float).T

    found = price_volume_mix(p0 * rate, v0, p1 * rate, v1)

    expected = price_volume_mix(p0, v0, p1, v1) * rate
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-3)
