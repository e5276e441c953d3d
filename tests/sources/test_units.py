"""Quantities in boxes and pieces."""

from pathlib import Path

from tests.sources.folders import ERROR, REPAIR, WARNING, lines, loaded

UNITS = "Item,Unit,Factor\n,box,12\nA,box,10\nB,kg,2\n"


def test_rows_are_converted_by_item_then_by_all(tmp_path: Path) -> None:
    actuals = "Month,Item,Orders,Unit\n2024-01,A,1,box\n2024-01,B,2,BOX\n2024-01,A,5,\n"
    result = loaded(tmp_path, actuals=actuals, units=UNITS)
    frame = result.frames["actuals"]
    assert dict(zip(frame["item"], frame["orders"], strict=True)) == {"A": 15, "B": 24}
    assert set(frame["unit"]) == {""}
    assert lines(result.findings, REPAIR) == [
        "data/actuals.csv: row 3, Unit: 1 rows were converted from BOX to pcs, factor 12.",
        "data/actuals.csv: row 2, Unit: 1 rows were converted from box to pcs, factor 10.",
    ]


def test_words_for_pieces_are_one_unit(tmp_path: Path) -> None:
    actuals = "Month,Item,Orders,Unit\n2024-01,A,1,EA\n2024-01,B,2,Stk.\n"
    result = loaded(tmp_path, actuals=actuals)
    assert result.frames["actuals"]["orders"].tolist() == [1, 2]
    assert lines(result.findings) == []


def test_an_unknown_unit_is_an_error_and_says_what_to_add(tmp_path: Path) -> None:
    actuals = "Month,Item,Orders,Unit\n2024-01,A,1,bx\n2024-01,B,2,\n"
    result = loaded(tmp_path, actuals=actuals, units=UNITS)
    (error,) = [f for f in result.findings if f.severity is ERROR]
    assert (error.cell, error.message) == (
        "row 2, Unit",
        "The unit 'bx' is not known (1 rows, item A for example); they were left out.",
    )
    assert error.remedy == (
        "Did you mean 'box'? Add it to the table Units: item A (or All), unit bx,"
        " factor = pcs in one bx."
    )
    assert result.frames["actuals"]["item"].tolist() == ["B"]


def test_the_unit_of_a_whole_source(tmp_path: Path) -> None:
    stock = "Month,Item,On hand,Backlog\n2024-02,B,3,1\n"
    result = loaded(tmp_path, "[sources.stock]\nunit = 'box'", stock=stock, units=UNITS)
    assert result.frames["stock"][["on_hand", "backlog"]].to_numpy().tolist() == [[36, 12]]


def test_an_item_kept_in_kilograms(tmp_path: Path) -> None:
    """2 pieces weigh a kilogram: 3 kg are 6 pieces, a price of 20 per kg is 10 per piece."""
    items = "Item,Family,Price,Cost,Unit\nA,F,1,1,\nB,G,20,12,kg\n"
    actuals = "Month,Item,Orders,Unit\n2024-01,A,1,\n2024-01,B,3,\n2024-02,B,4,pcs\n"
    bill = "Item,Resource,Hours per unit\nA,R,1\nB,R,1\n"
    result = loaded(tmp_path, items=items, actuals=actuals, bill_of_resources=bill, units=UNITS)
    assert result.frames["actuals"]["orders"].tolist() == [1, 6, 4]
    assert result.frames["items"]["price"].tolist() == [1, 10]
    assert result.frames["items"]["cost"].tolist() == [1, 6]
    assert result.frames["items"]["unit"].tolist() == ["", "pcs"]
    assert result.frames["bill_of_resources"]["hours_per_unit"].tolist() == [1, 0.5]
    assert (
        "data/items.csv: row 3, Price: price, cost of 1 rows were converted to one pcs: B."
        in lines(result.findings, REPAIR)
    )


def test_an_item_unit_without_factor_is_added_as_it_is(tmp_path: Path) -> None:
    items = "Item,Family,Price,Cost,Unit\nA,F,10,6,\nB,G,20,12,litre\n"
    result = loaded(tmp_path, items=items)
    assert lines(result.findings, WARNING) == [
        "data/items.csv: row 3, Unit: 1 items are kept in another unit than pcs, and no factor is"
        " given; their quantities are added as they are: B."
    ]


def test_rows_in_two_units_are_one_row_of_stock_error(tmp_path: Path) -> None:
    """Stock is not added up: two rows for one month are a contradiction, whatever their unit."""
    stock = "Month,Item,On hand,Unit\n2024-02,A,3,box\n2024-02,A,1,pcs\n"
    result = loaded(tmp_path, stock=stock, units=UNITS)
    assert lines(result.findings, ERROR) == [
        "data/stock.csv: row 3, Month: 2024-02, A, All is there twice: row 2 and row 3;"
        " the first was read."
    ]
