"""Which header is which column."""

from sop_xl.reading import Cells, find_header
from sop_xl.tables.data import ACTUALS, BALANCE, FAMILIES, ITEMS, STOCK
from tests.reading.tables import ERROR, WARNING, read, read_cells, told, values


def test_label_name_alias_case_spaces_and_accents() -> None:
    reading = read(STOCK, "  MONTH | Product_ID | Régión | on-hand (pcs)\n2024-01 | A | North | 5")
    assert reading.findings == []
    assert reading.frame[["item", "region", "on_hand"]].values.tolist() == [["A", "North", 5.0]]


def test_a_mapping_beats_the_header_own_meaning() -> None:
    text = "Month | Item | Orders | Menge\n2024-01 | A | 1 | 2"
    reading = read(ACTUALS, text, mapping={"menge": "orders"})
    assert values(reading, "orders") == [2]
    assert told(reading.findings) == [
        "header Orders: Columns that Actuals does not know were left out: Orders."
    ]


def test_a_label_beats_an_alias() -> None:
    reading = read(ACTUALS, "Month | Item | Order date | Orders\n2024-01 | A | 2023-12-30 | 7")
    assert values(reading, "period") == ["2024-01"]


def test_the_same_header_twice_is_an_error_that_names_both() -> None:
    text = "Month | Item | Orders | Orders\n2024-01 | A | 1 | 2"
    reading = read(ACTUALS, text, sheet="Sales")
    assert told(reading.findings, ERROR) == [
        "D1: More than one column is Orders: 'Orders' (C1) and 'Orders' (D1); the first was read."
    ]
    assert "[sources.actuals] columns" in reading.findings[0].remedy


def test_an_empty_column_with_the_same_header_is_none() -> None:
    reading = read(ACTUALS, "Month | Item | Orders | Orders\n2024-01 | A | | 2")
    assert reading.findings == []
    assert values(reading, "orders") == [2]


def test_a_missing_column_names_what_is_there_and_the_nearest() -> None:
    reading = read(ACTUALS, "Month | Item | Ordrs\n2024-01 | A | 1")
    (error,) = [f for f in reading.findings if f.severity is ERROR]
    assert error.message == "No column 'Orders' found; there are: Month, Item, Ordrs."
    assert error.remedy == (
        "Did you mean 'Ordrs'? Name it in sop.toml: [sources.actuals]"
        ' columns = { "Ordrs" = "orders" }.'
    )
    assert len(reading.frame) == 0


def test_unknown_headers_are_one_warning() -> None:
    reading = read(ITEMS, "Item | Family | Colour | Size\nA | F | red | XL")
    assert told(reading.findings, WARNING) == [
        "header Colour: Columns that Items does not know were left out: Colour, Size."
    ]


def test_a_slip_of_the_pen_in_a_header_is_seen() -> None:
    reading = read(FAMILIES, "Family | Polcy | Colour\nF | make to order | red")
    (finding,) = reading.findings
    assert finding.message.endswith("does not know were left out: Polcy, Colour.")
    assert finding.remedy == (
        "By 'Polcy', did you mean 'Policy'? If one of them is needed, map it in sop.toml:"
        ' [sources.families] columns = { "Polcy" = "policy" }.'
    )


def test_no_column_is_meant_that_is_there_already() -> None:
    reading = read(FAMILIES, "Family | Policy | Polcy\nF | make to order | old")
    (finding,) = reading.findings
    assert finding.remedy.startswith("If one of them is needed")


def test_a_mapping_to_nothing_is_an_error() -> None:
    text = "Item | Family\nA | F"
    reading = read(ITEMS, text, mapping={"Itm": "item", "Item": "itme"})
    assert told(reading.findings, ERROR)[:2] == [
        "sop.toml maps the header 'Itm', which is not there.",
        "sop.toml maps 'Item' to 'itme', which is no column of Items.",
    ]
    assert [f.remedy for f in reading.findings][:2] == [
        "Did you mean 'Item'?", "Did you mean 'item'?"
    ]


def test_outputs_are_never_read_back() -> None:
    cells = Cells.of_rows(["Month", "Revenue", "Weighted"], [["2024-01", 5, 7]])
    assert list(read_cells(BALANCE, cells).frame.columns) == BALANCE.names


def test_the_header_may_stand_below_a_title() -> None:
    rows = [["Sales report"], [], ["", "Month", "Item", "Qty"], ["", "2024-01", "A", "1"]]
    assert find_header(rows, ACTUALS, {}) == (2, 3)
