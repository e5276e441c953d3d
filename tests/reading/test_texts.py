"""Keys, names, choices and yes/no."""

from datetime import datetime
from typing import Any

import pytest

from sop_xl.reading import Cells
from sop_xl.schema import Table
from sop_xl.tables.data import (
    ACTUALS,
    EVENTS,
    FAMILIES,
    FINANCE_LINES,
    ITEMS,
    RESOURCES,
    WORKFORCE,
)
from tests.reading.tables import ERROR, REPAIR, WARNING, read, read_cells, told, values


def items(keys: list[Any]) -> tuple[list[str], list[str]]:
    cells = Cells(["Item", "Family"], [keys, ["F"] * len(keys)])
    reading = read_cells(ITEMS, cells)
    return reading.frame["item"].tolist(), told(reading.findings)


def test_keys_keep_zeros_and_lose_the_decimals_of_excel() -> None:
    assert items(["007", 1001.0, 42, "A-1"]) == (["007", "1001", "42", "A-1"], [])
    read_back, findings = items(["1001.0", "1002.0"])
    assert read_back == ["1001", "1002"]
    assert findings == [
        "row 2, Item: Item: '1001.0' was read without its .0"
        " (2 cells: row 2, Item, row 3, Item)."
    ]


def test_spaces_around_keys_go_and_it_is_told() -> None:
    assert items([" A ", "B\u00a0", "C"]) == (
        ["A", "B", "C"],
        ["row 2, Item: Item: spaces around the text were removed"
         " (2 cells: row 2, Item, row 3, Item)."],
    )


def test_keys_that_differ_in_case_or_spaces_are_warned_of() -> None:
    read_back, findings = items(["AB 1", "ab1"])
    assert read_back == ["AB 1", "ab1"]
    assert findings == [
        "row 3, Item: Item: 'AB 1' and 'ab1' differ in case or spaces only; they were taken as"
        " different."
    ]


def test_what_excel_made_of_keys() -> None:
    read_back, findings = items([datetime(2024, 3, 1), "4.5E+12"])
    assert read_back == ["2024-03-01"]
    assert [f.split(": ", 2)[2][:30] for f in findings] == [
        "'2024-03-01 00:00:00' is a dat", "'4.5E+12' is a number that Exc"
    ]


@pytest.mark.parametrize("text", ["=1+1", "+A", "-A", "@SUM(A1)", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    reading = read(ITEMS, f"Item | Family | Name\nA | F | {text}")
    assert values(reading, "name") == [text]
    assert reading.findings == []


@pytest.mark.parametrize("name", ["No*th", "N?", "~N", "=N", "<N", ">N", "N" * 256])
def test_names_that_formulas_misread_are_errors(name: str) -> None:
    reading = read(ACTUALS, f"Month | Item | Region | Orders\n2024-01 | A | {name} | 1")
    assert [f.severity for f in reading.findings] == [ERROR]
    assert len(reading.frame) == 0


@pytest.mark.parametrize(("one", "other"), [("North", "NORTH"), ("007", "7"), ("1.0", "1")])
def test_names_that_formulas_take_as_one_are_errors(one: str, other: str) -> None:
    reading = read(
        FAMILIES, f"Family | Target days\n{one} | 1\n{other} | 2", sheet="Families"
    )
    (error,) = reading.findings
    assert error.severity is ERROR
    assert "are one name to Excel's formulas" in error.message
    assert error.cell in ("A2", "A3")


def test_choices_are_found_whatever_their_case() -> None:
    reading = read(ITEMS, "Item | Family | Lifecycle\nA | F | Phase Out\nB | F | new\nC | F |")
    assert values(reading, "lifecycle") == ["phase-out", "new", "active"]
    assert [f.severity for f in reading.findings] == [REPAIR]


def test_a_wrong_choice_names_the_nearest() -> None:
    reading = read(ITEMS, "Item | Family | Lifecycle\nA | F | activ")
    (error,) = reading.findings
    assert error.message == (
        "Lifecycle: 'activ' is none of the choices. Did you mean 'active'?"
    )
    assert error.remedy == "Choose one of: new, active, phase-out, end of life."
    assert values(reading, "lifecycle") == [""]


def test_yes_and_no_in_many_words() -> None:
    words = ["yes", "x", "1", "TRUE", "ja", "no", "0", "nein", ""]
    rows = "\n".join(f"2024-01 | A{i} | 1 | {word}" for i, word in enumerate(words))
    reading = read(ACTUALS, f"Month | Item | Orders | Promo\n{rows}\n2024-01 | B | 1 | perhaps")
    assert values(reading, "promotion") == [*[True] * 5, *[False] * 4, False]
    assert told(reading.findings) == ["row 11, Promo: Promotion: 'perhaps' is neither yes nor no."]


def test_typed_truths_and_defaults() -> None:
    header = ["Event", "Start", "End", "Included", "Uplift"]
    rows: list[list[Any]] = [
        ["E1", "2024-01", "2024-02", True, 0.1],
        ["E2", "2024-01", "2024-02", False, None],
        ["E3", "2024-01", "2024-02", None, "5 %"],
    ]
    frame = read_cells(EVENTS, Cells.of_rows(header, rows)).frame
    assert frame["included"].tolist() == [True, False, True]
    assert frame["uplift"].tolist() == [0.1, 0, 0.05]
    assert frame["region"].tolist() == ["All"] * 3


def test_blank_keys_and_inputs_are_errors_and_blank_rows_are_none() -> None:
    text = "Resource | Machines | Hours per day\nR1 | 1 | 8\n | 2 | 8\n | |\nR3 | | 8"
    reading = read(RESOURCES, text, sheet="Data")
    assert told(reading.findings) == [
        "A3: Resource: the cell is empty.", "B5: Machines: the cell is empty."
    ]
    assert values(reading, "resource") == ["R1"]


def test_north_america_is_a_region_and_control_signs_go() -> None:
    reading = read(ACTUALS, "Month | Item | Region | Orders\n2024-01 | A\x07B | NA | 1")
    assert values(reading, "region") == ["NA"]
    assert values(reading, "item") == ["AB"]
    assert told(reading.findings, WARNING) == []


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (RESOURCES, "Resource | Machines | Hours per day\nWelding | 1 | 8\nWELDING | 1 | 8"),
        (FINANCE_LINES, "Cost line | Fixed per month\nRent | 1\nrent | 1"),
        (WORKFORCE, "Team | Headcount | Hours per month\nTeam a | 1 | 140\nTeam A | 1 | 140"),
        (FAMILIES, "Family | Policy\nTee | make to stock\nTEE | make to stock"),
    ],
)
def test_keys_that_excel_cannot_tell_apart_are_an_error(table: Table, text: str) -> None:
    (error,) = read(table, text).findings
    assert error.severity is ERROR
    assert "are one name to Excel's formulas" in error.message
