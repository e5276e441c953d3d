"""Chosen methods, launches and ends of life: what is wrong with a row is found in the file."""

from pathlib import Path

import pytest

from tests.sources.folders import ACTUALS, lines, loaded

CHOICES = "Family,Region,Channel,Method\n"
LAUNCHES = "Item,Kind,From,Like item,Takes from,Taken,Curve,Family\n"


def of_choices(tmp_path: Path, rows: str, toml: str = "") -> list[str]:
    return lines(loaded(tmp_path, toml, forecast_choices=CHOICES + rows).findings)


def of_launches(tmp_path: Path, rows: str, actuals: str = ACTUALS) -> list[str]:
    return lines(loaded(tmp_path, actuals=actuals, launches=LAUNCHES + rows).findings)


def test_a_method_that_does_not_exist_is_found_with_its_row(tmp_path: Path) -> None:
    found = loaded(tmp_path, forecast_choices=CHOICES + "F,All,All,holt\nG,All,All,hold\n").findings

    assert lines(found) == [
        "data/forecast_choices.csv: row 3, Method: There is no forecast method 'hold', chosen for"
        " G: the engine chooses there."
    ]
    assert found[0].remedy.startswith("Did you mean 'holt'?")


def test_a_family_that_the_plan_does_not_have(tmp_path: Path) -> None:
    assert of_choices(tmp_path, "f,All,All,Linear trend\nBoats,All,All,naive\n") == [
        "data/forecast_choices.csv: row 3, Family: The forecast method of Boats / All is used"
        " nowhere: the plan has no such block."
    ]


def test_a_choice_that_the_forecaster_does_not_heed(tmp_path: Path) -> None:
    toml = "[demand]\nforecaster = 'statsmodels_ets'"
    assert of_choices(tmp_path, "F,All,All,holt\n", toml) == [
        "data/forecast_choices.csv: row 2, Method: The method of F / All is not heeded: the"
        " forecaster of the settings, statsmodels_ets, knows only its own."
    ]


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ("C,launch,2024-05,A,,,,", "Item",
         "Launch of C: it has no family in the plan, and is left out."),
        ("C,launch,2024-05,,,,,F", "Like item",
         "Launch of C: it has no like item with demand in its region, and is left out."),
        ("C,launch,2024-05,c,,,,F", "Like item",
         "Launch of C: it is its own like item, so it is left out."),
        ("C,launch,2024-05,AA,,,,F", "Like item",
         "Launch of C: its like item 'AA' is not in Items, so it is left out."),
        ("C,launch,2024-05,A,,,20 apples,F", "Curve",
         "Launch of C: '20 apples' is no list of shares."),
        ("C,launch,2024-05,A,Z,50%,,F", "Takes from",
         "Launch of C: Z, from which it takes, is no item, so it takes from nobody."),
        ("C,launch,2024-05,A,B,,,F", "Taken",
         "Launch of C: it takes nothing from B: no share is taken."),
        ("Z,phase-out,2024-05,,,,,", "Item",
         "Phase-out of Z: it is no item and no family of the plan, and is left out."),
        ("A,end of life,2024-01,,,,,", "From",
         "End of life of A: it should have been over in Jan 2024 and was sold in Feb 2024."),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_followed(tmp_path: Path, row: str, column: str, told: str) -> None:
    assert of_launches(tmp_path, row + "\n") == [
        f"data/launches.csv: row 2, {column}: {told}"
    ]


def test_an_end_of_life_that_is_long_past(tmp_path: Path) -> None:
    actuals = "Month,Item,Orders\n2020-01,A,5\n" + "".join(f"2024-0{m},B,5\n" for m in (1, 2))
    (line, *_) = [
        line for line in of_launches(tmp_path, "A,phase-out,2019-10,,,,50% 0,\n", actuals)
        if "launches" in line
    ]  # fmt: skip
    assert line == (
        "data/launches.csv: row 2, From: Phase-out of A: it has been over since Nov 2019, so the"
        " row changes nothing."
    )


def test_rows_that_can_be_followed_are_not_spoken_of(tmp_path: Path) -> None:
    rows = "C,launch,2024-05,A,B,30%,20% 100%,F\nA,phase-out,2024-06,,,,,\n"
    rows += "F,end of life,2025-01,,,,,\n"
    assert of_launches(tmp_path, rows) == []


def test_like_items_that_form_a_circle(tmp_path: Path) -> None:
    rows = "C,launch,2024-05,D,,,,F\nD,launch,2024-05,C,,,,F\n"
    items = "Item,Family,Price,Cost\nA,F,1,1\nB,G,1,1\nC,F,1,1\nD,F,1,1\n"
    found = lines(loaded(tmp_path, items=items, launches=LAUNCHES + rows).findings)

    assert found[0] == (
        "data/launches.csv: row 2, Like item: Launch of C: its like items form a circle, C - D - C,"
        " so it is left out."
    )
