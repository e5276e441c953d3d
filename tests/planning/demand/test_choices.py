"""The planner's pin: one method for a block in place of the engine's choice."""

import pandas as pd

from sop_xl.planning.demand.choices import Pins, pins
from sop_xl.tables.data import FORECAST_CHOICES
from tests.planning.rows import rows

BLOCKS = pd.DataFrame(
    {"family": ["Bikes", "Bikes", "Parts"], "region": ["North", "South", "South"]}, dtype="str"
)


def chosen(text: str) -> Pins:
    choices = rows(FORECAST_CHOICES.inputs, text)
    return pins(choices, BLOCKS, "weights")


def test_the_row_that_names_more_of_a_block_wins() -> None:
    found = chosen("""
        family  region  channel  method
        bikes   South   All      holt
        All     All     All      naive
        Bikes   All     All      Theta
        """)

    assert found == Pins(["theta", "holt", "naive"], [])


def test_of_two_rows_that_name_as_much_the_last_wins() -> None:
    found = chosen("""
        family  region  channel  method
        Bikes   All     All      holt
        All     South   All      simple
        """)

    assert found.methods == ["holt", "simple", "simple"]


def test_a_row_without_a_method_chooses_nothing() -> None:
    assert chosen("family  region  channel\nBikes   All     All") == Pins([""] * 3, [])


def test_unknown_methods_and_blocks_are_named_with_what_there_is() -> None:
    found = chosen("""
        family  region  channel  method
        Bikes   All     All      hold
        Boats   All     All      holt
        """)

    assert found.methods == [""] * 3
    assert [f.message for f in found.findings] == [
        "There is no forecast method 'hold', chosen for Bikes: the engine chooses there.",
        "The forecast method of Boats / All is used nowhere: the plan has no such block.",
    ]
    assert found.findings[0].remedy.startswith("Did you mean 'holt'? Choose one of simple, ets,")
    assert found.findings[1].remedy == (
        "Name families as the plan does: Bikes, Parts; All for every one."
    )
