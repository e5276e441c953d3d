"""The stricter figures by hand, through the functions for cells."""

import datetime as dt
from typing import Any

import pytest

from sop_xl.functions import CellError, named


def days(*numbers: int | None) -> list[dt.date | None]:
    return [None if number is None else dt.date(2026, 1, number) for number in numbers]


DUE = days(10, 10, 10, 10, None)
CAME = days(9, 12, 10, None, 3)
ORDERED, SHIPPED = [10, 30, 40, 20, 99], [10, 30, 25, None, 99]


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        # 20 too many and 20 too few of 200; the ratio of the sums would be 100 %
        ("SOP_ADHERENCE_ITEM", ([120, 80], [100, 100]), 0.8),
        ("SOP_ADHERENCE", (120 + 80, 100 + 100), 1.0),
        ("SOP_ADHERENCE_ITEM", ([500], [100]), 0.0),
        # four lines count: the first is on time and in full, the second late, the third short, the
        # fourth open; the fifth has no due day
        ("SOP_OTIF_LINES", (ORDERED, DUE, CAME, SHIPPED), 1 / 4),
        ("SOP_OTIF_LINES", (ORDERED, DUE, CAME, SHIPPED, "on time"), 2 / 4),
        ("SOP_OTIF_LINES", (ORDERED, DUE, CAME, SHIPPED, "in full"), 2 / 4),
        ("SOP_OTIF_LINES", (ORDERED, DUE, CAME, SHIPPED, "otif", "units"), (10 + 25) / 100),
        ("SOP_OTIF_LINES", (ORDERED, DUE, CAME, SHIPPED, "on time", "units"), (10 + 40) / 100),
        ("SOP_OTIF_LINES", (ORDERED, DUE, CAME, SHIPPED, "in full", "units"), 65 / 100),
        ("SOP_OTIF_LINES", (ORDERED, DUE, CAME), 2 / 4),
        # more than was ordered fills no other line
        ("SOP_OTIF_LINES", ([10, 10], days(9, 9), days(9, 9), [20, 0], "otif", "units"), 0.5),
        ("SOP_PERFECT", ([1, True, "x", 1], [1, 1, 1, 0], ["x"] * 4, [1, None, 1, 1]), 0.5),
        ("SOP_STOCKOUT", ([0, 5, 0, -2, None], [4, 4, 0, 1, 9]), 2 / 4),
        ("SOP_SELLTHRU", (60, 70, 10), 0.75),
        ("SOP_SELLTHRU", (60, 80), 0.75),
        ("SOP_FLOW", (days(1, 1, 1, None), days(3, 5, None, 9), 3), 1 / 3),
        ("SOP_CADENCE", (days(5, 12, 19, None), days(5, 13, None, 7)), 1 / 3),
        ("SOP_RATIO", (98, 100), 0.98),
        ("SOP_ROI", (150, 100), 0.5),
        # 100 is paid by 40, 40 and half of the third 40
        ("SOP_PAYBACK", (100, [40, 40, 40]), 2.5),
        ("SOP_PAYBACK", (80, [40, 40, 40]), 2.0),
        ("SOP_PAYBACK", (0, [0, 0]), 0.0),
    ],
)
def test_by_hand(name: str, arguments: tuple[Any, ...], result: float) -> None:
    assert named(name)(*arguments) == pytest.approx(result)


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("SOP_ADHERENCE_ITEM", ([5], [0]), "not enough"),
        ("SOP_OTIF_LINES", ([10], days(None), days(9)), "not enough"),
        ("SOP_OTIF_LINES", ([-10], days(9), days(9)), "ordered has to hold numbers from 0 up"),
        ("SOP_PERFECT", ([None], [None], [None], [None]), "not enough"),
        ("SOP_SELLTHRU", (5, 0), "not enough"),
        ("SOP_ROI", (5, 0), "not enough"),
        ("SOP_PAYBACK", (100, [40, 40]), "not enough"),
    ],
)
def test_what_cannot_be_told(name: str, arguments: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        named(name)(*arguments)
