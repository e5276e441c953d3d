"""Numbers in the dialects of people, programs and countries."""

import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.reading import Cells
from sop_xl.schema import Column, Role, Table, Unit
from sop_xl.tables.data import BALANCE, RESOURCES, STOCK
from tests.reading.tables import ERROR, REPAIR, WARNING, read, read_cells, told, values

MONEY = Table("t", "T", (Column("key", "Key", role=Role.KEY), Column("n", "N", Unit.MONEY)))
SHARE = Table(
    "t", "T",
    (Column("key", "Key", role=Role.KEY), Column("n", "N", Unit.PERCENT, minimum=-1, maximum=1)),
)


def numbers(cells: list[Any], table: Table = MONEY, **settings: Any) -> tuple[list[Any], list[str]]:
    keys = [f"k{i}" for i in range(len(cells))]
    reading = read_cells(table, Cells(["Key", "N"], [keys, cells]), **settings)
    return reading.frame["n"].tolist(), told(reading.findings)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (["1.234,56", "7"], [1234.56, 7]),
        (["1,234.56", "7"], [1234.56, 7]),
        (["1 234,5", "12,5"], [1234.5, 12.5]),
        (["1\u202f234,5", "1\u00a0234\u00a0567,25"], [1234.5, 1234567.25]),
        (["1'234.5", "1’234’567"], [1234.5, 1234567]),
        (["12,34,567.5"], [1234567.5]),
        (["1.234.567", "2.500"], [1234567, 2500]),
        (["€ 12.50", "$3", "12.50 EUR", "-$4", "($5)"], [12.5, 3, 12.5, -4, -5]),
        (["5-", "-5", "−5", "(123)", "+5"], [-5, -5, -5, -123, 5]),
        (["1.5E3", "1e-2", "2E+02"], [1500, 0.01, 200]),
        ([".5", "5."], [0.5, 5]),
        ([3, 2.5, "4"], [3, 2.5, 4]),
    ],
)  # fmt: skip
def test_dialects(written: list[Any], number: list[float]) -> None:
    assert numbers(written) == (number, [])


@pytest.mark.parametrize("text", ["abc", "12 34", "1,23,4.5", "--5", "1.2.3", "1/2", "five", "٣"])
def test_what_is_no_number_is_an_error(text: str) -> None:
    read_back, findings = numbers([text, "1.5"])
    assert math.isnan(read_back[0])
    assert findings == [f"row 2, N: N: {text!r} is not a number."]


def test_the_column_decides_and_what_contradicts_is_an_error() -> None:
    read_back, findings = numbers(["1,5", "2,25", "3.75"])
    assert read_back[:2] == [1.5, 2.25]
    assert findings == ["row 4, N: N: '3.75' is not a number."]


def test_a_thousand_or_one_point_two_is_asked() -> None:
    read_back, findings = numbers(["1,234", "5,678"])
    assert read_back == [1234, 5678]
    assert findings == [
        "row 2, N: N: '1,234' can be read in two ways; '.' was taken as the decimal sign"
        " (2 cells: row 2, N, row 3, N)."
    ]
    assert numbers(["1,234", "5,678"], decimal=",") == ([1.234, 5.678], [])


def test_another_column_of_the_file_settles_it() -> None:
    reading = read(BALANCE, "Month | Revenue | Cost of sales\n2024-01 | 1.234 | 0,5")
    assert reading.findings == []
    assert values(reading, "revenue") == [1234]


def test_per_cent_signs_and_whole_per_cents() -> None:
    assert numbers(["12 %", "0.5"], SHARE) == ([0.12, 0.5], [])
    read_back, findings = numbers(["35", "100", "0"], SHARE)
    assert read_back == [0.35, 1, 0]
    assert findings == ["row 2, N: N: '35' was read as per cent (2 cells: row 2, N, row 3, N)."]


def test_per_cents_and_fractions_in_one_column_want_a_look() -> None:
    cells = Cells(["Key", "N"], [["a", "b"], ["0.5", "35"]])
    reading = read_cells(SHARE, cells)
    assert values(reading, "n") == [0.5, 0.35]
    assert [f.severity for f in reading.findings] == [WARNING]


def test_limits() -> None:
    reading = read(STOCK, "Month | Item | On hand\n2024-01 | A | -5\n2024-01 | B | 5")
    assert told(reading.findings) == ["row 2, On hand: On hand: '-5' is below the minimum, 0."]
    assert values(reading, "item") == ["B"]
    text = "Resource | Machines | Hours per day\nR | 2 | 25"
    (error,) = read(RESOURCES, text).findings
    assert (error.message, error.remedy) == (
        "Hours per day: '25' is above the maximum, 24.", "Write 24 or less."
    )


def test_a_bad_optional_cell_is_empty_and_the_row_stays() -> None:
    reading = read(STOCK, "Month | Item | On hand | Backlog\n2024-01 | A | 5 | many")
    assert told(reading.findings, ERROR) == ["row 2, Backlog: Backlog: 'many' is not a number."]
    assert values(reading, "on_hand") == [5]


def test_placeholders_error_cells_dates_and_truths() -> None:
    read_back, findings = numbers(["NULL", "-", "#N/A", datetime(2024, 1, 2), True, 3])
    assert read_back[5] == 3
    assert findings == [
        "row 6, N: N: 'True' is not a number.",
        "row 4, N: N: the cell holds the error '#N/A'.",
        "row 5, N: N: '2024-01-02 00:00:00' is a date, not a number.",
        "row 2, N: N: 'NULL' was read as empty (2 cells: row 2, N, row 3, N).",
    ]


def test_a_million_mistakes_are_named_twenty_times_and_counted() -> None:
    _, findings = numbers([f"x{i}" for i in range(30_000)] + list(range(40_000)))
    assert len(findings) == 21
    assert findings[-1] == "row 22, N: N: 29,980 more cells of this kind, from here on."


def test_a_column_that_is_wrong_as_a_whole_is_one_finding() -> None:
    read_back, findings = numbers([f"{i}.5" for i in range(8)] + ["3"], decimal=",")
    assert math.isnan(read_back[0])
    assert read_back[8] == 3
    assert findings == [
        "row 2, N: N: 8 of 9 cells are no numbers with the decimal sign ',': '0.5' for example."
    ]


def test_a_decimal_sign_that_the_column_contradicts_is_one_finding() -> None:
    """Six of twenty cells: the rest reads either way, and wrong."""
    cells = [f"{i}.5" for i in range(1, 7)] + ["1.000"] * 14
    keys = [f"k{i}" for i in range(20)]
    reading = read_cells(MONEY, Cells(["Key", "N"], [keys, cells]), decimal=",")
    (error,) = reading.findings
    assert error.severity is ERROR
    assert error.message.startswith("N: 6 of 20 cells are no numbers")
    assert "seems to be '.': mend decimal in [sources.t] of sop.toml" in error.remedy


def test_a_few_wrong_cells_are_named_each() -> None:
    _, findings = numbers(["a", "b", "c", "d", "e"])
    assert len(findings) == 5


def test_a_column_of_words_names_both_remedies() -> None:
    cells = Cells(["Key", "N"], [list("abcdef"), [f"word {i}" for i in range(6)]])
    (error,) = read_cells(MONEY, cells).findings
    assert error.message == "N: 6 of 6 cells are no numbers: 'word 0' for example."
    assert "set decimal in [sources.t] of sop.toml" in error.remedy
    assert "another column" in error.remedy


def german(number: float) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


DIALECTS: dict[str, Callable[[float], Any]] = {
    "plain": lambda n: f"{n:.2f}",
    "english": lambda n: f"{n:,.2f}",
    "german": german,
    "french": lambda n: f"{n:,.2f}".replace(",", "\u202f").replace(".", ","),
    "swiss": lambda n: f"{n:,.2f}".replace(",", "'"),
    "sap": lambda n: german(abs(n)) + ("-" if n < 0 else ""),
    "accounting": lambda n: f"({abs(n):,.2f})" if n < 0 else f"{n:,.2f}",
    "excel": lambda n: n,
}


@settings(deadline=None)
@given(
    st.lists(st.integers(-(10**11), 10**11).map(lambda n: n / 100), min_size=1, max_size=20),
    st.sampled_from(sorted(DIALECTS)),
)
def test_every_dialect_reads_back_the_same(amounts: list[float], dialect: str) -> None:
    read_back, findings = numbers([DIALECTS[dialect](n) for n in amounts])
    assert read_back == amounts
    assert findings == []


def test_repairs_are_repairs() -> None:
    cells = Cells(["Key", "N"], [["a", "b"], ["35", "12"]])
    assert {f.severity for f in read_cells(SHARE, cells).findings} == {REPAIR}
