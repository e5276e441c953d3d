"""Ranges as series: a column is one series, any other range has one in each row."""

import numpy as np
import pytest

from sop_xl.planning.cell_ranges import across, beside, one_each, series


@pytest.mark.parametrize(
    ("cells", "rows", "turned_back"),
    [
        ([1, 2, 3], [[1, 2, 3]], [1, 2, 3]),
        ([[1, 2, 3]], [[1, 2, 3]], [[1, 2, 3]]),
        ([[1], [2], [3]], [[1, 2, 3]], [[1], [2], [3]]),
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        ([[5]], [[5]], [[5]]),
        (5, [[5]], [5]),
    ],
)
def test_a_range_is_turned_into_rows_and_back(
    cells: object, rows: list[list[float]], turned_back: list[object]
) -> None:
    found = series(cells)  # type: ignore[arg-type]

    assert found.rows.tolist() == rows
    assert found.like(found.rows).tolist() == turned_back


def test_a_row_lies_beside_a_column_and_the_longest_gives_the_form() -> None:
    (first, second, third), shape = beside([[1], [2]], [[10, 20]], 5)

    assert [first.tolist(), second.tolist(), third.tolist()] == [[[1, 2]], [[10, 20]], [[5, 5]]]
    assert shape.upright


def test_one_series_goes_with_each_of_several() -> None:
    (many, one), _ = beside([[1, 2], [3, 4]], [[10, 20]])

    assert one.tolist() == [[10, 20], [10, 20]]
    assert many.tolist() == [[1, 2], [3, 4]]


def test_what_lies_beside_may_be_changed() -> None:
    given = np.array([[1.0, 2.0]])
    (rows, ones), _ = beside(given, 1.0)
    rows += 1
    ones[0, 0] = 7

    assert given.tolist() == [[1, 2]]
    assert ones.tolist() == [[7, 1]]


def test_ranges_that_do_not_fit_are_named_by_their_sizes() -> None:
    with pytest.raises(ValueError, match="1 series of 2 periods and 1 series of 3 periods"):
        beside([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="2 numbers for 3 series"):
        one_each([1, 2], 3)
    with pytest.raises(ValueError, match="2 numbers for 3 periods"):
        across([[1], [2]], 3)


def test_one_number_holds_for_all() -> None:
    assert one_each(4, 2).tolist() == [[4], [4]]
    assert one_each([[1, 2]], 2).tolist() == [[1], [2]]
    assert across([[1], [2]], 2).tolist() == [1, 2]
