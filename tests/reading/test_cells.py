"""Where a cell stands in its file."""

from sop_xl.reading import Cells


def test_columns_that_do_not_follow_one_another_keep_their_letters() -> None:
    # of a list in C to F only C and F are read
    cells = Cells(["Item", "Price"], [["a"], ["x"]], sheet="Data", rows=[8], places=[3, 6])

    assert [cells.address(0, 0), cells.address(0, 1)] == ["C8", "F8"]


def test_a_file_without_a_sheet_names_row_and_header() -> None:
    assert Cells(["Item", "Price"], [["a"], ["x"]]).address(0, 1) == "row 2, Price"
