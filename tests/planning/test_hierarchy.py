"""Families, blocks and their sums: names are compared as a spreadsheet compares them."""

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.tables.data import ITEMS
from sop_xl.tables.settings import Settings
from tests.planning.monthly import sold
from tests.planning.rows import axis, rows

MASTER = rows(ITEMS.inputs, "item  family\nB-1  Bikes\nB-2  BIKES\nX-1  .")


def text(*names: str) -> pd.Series:
    return pd.Series(names, dtype="str")


def test_an_item_is_planned_in_its_family_or_on_its_own() -> None:
    by_family = hierarchy.families_of(MASTER, Settings())
    by_item = hierarchy.families_of(MASTER, Settings(planning_level=("item",)))

    assert by_family.to_dict() == {"B-1": "Bikes", "B-2": "Bikes", "X-1": ""}
    assert by_item.to_dict() == {"B-1": "B-1", "B-2": "B-2", "X-1": "X-1"}
    assert hierarchy.planned_names(by_family).tolist() == ["Bikes"]


def test_names_are_spelled_like_the_known_ones() -> None:
    spelled = hierarchy.spell(text("bikes", "Boats", ""), pd.Index(["Bikes", "Parts"]))

    assert spelled.tolist() == ["Bikes", "", ""]


def test_rows_find_their_block_whatever_the_case() -> None:
    blocks = pd.DataFrame({"family": text("Bikes", "Bikes"), "region": text("North", "South")})
    facts = pd.DataFrame(
        {"family": text("BIKES", "bikes", "Parts"), "region": text("south", "West", "North")}
    )

    assert hierarchy.rows_of(facts, blocks).tolist() == [1, -1, -1]


def test_blocks_are_sorted_and_named_once() -> None:
    facts = pd.DataFrame({"family": text("B", "A", "b"), "region": text("N", "N", "n")})

    blocks = hierarchy.blocks_of(("family", "region"), [facts, facts])

    assert blocks.to_numpy().tolist() == [["A", "N"], ["B", "N"]]


def test_sums_tell_nothing_from_zero() -> None:
    facts = sold("B-1", [4, np.nan, 0]).assign(family="Bikes")
    blocks = pd.DataFrame({"family": text("Bikes", "Parts")})

    found = hierarchy.sums(facts, ["orders"], blocks, axis("2026-01", history=3).past)

    assert np.array_equal(
        found["orders"], [[4, np.nan, 0], [np.nan, np.nan, np.nan]], equal_nan=True
    )


def test_history_starts_when_anything_moves() -> None:
    facts = sold("B-1", [0, 5, 0, 3], returns=[0.0, 0, 0, 1])
    facts = facts.assign(family="Bikes", demand=facts["orders"])
    blocks = pd.DataFrame({"family": text("Bikes")})

    found = hierarchy.demand_history(facts, blocks, hierarchy.delivered_months(facts))

    assert np.array_equal(found, [[np.nan, 5, 0, 3]], equal_nan=True)
