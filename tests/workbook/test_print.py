"""What is printed of lists, and which sheets a company of hours or seats does not see."""

from dataclasses import replace

import pandas as pd
import pytest

from sop_xl.tables.settings import Settings
from sop_xl.workbook.build import glossary, is_of_no_use
from sop_xl.workbook.sheets import SHEETS

GOODS = ("Data_Stock", "Inventory", "Stock_Review", "Data_Materials", "Materials",
         "Material_Actions", "Material_Orders")  # fmt: skip


def hidden(business_type: str, stock: int = 0, sent_to: str = "") -> set[str]:
    frames = {
        "stock": pd.DataFrame({"item": ["A"] * stock}),
        "materials": pd.DataFrame({"component": []}),
        "exceptions": pd.DataFrame({"sheet": [sent_to]}),
    }
    settings = replace(Settings(), business_type=business_type)
    return {spec.name for spec in SHEETS if is_of_no_use(spec, frames, settings)}


@pytest.mark.parametrize("business_type", ["saas", "services"])
def test_sheets_of_goods_are_hidden_where_there_are_none(business_type: str) -> None:
    assert hidden(business_type) == set(GOODS)
    assert hidden(business_type, stock=1) == set(GOODS[3:])
    assert hidden(business_type, sent_to="Inventory") == set(GOODS) - {"Inventory"}


@pytest.mark.parametrize("business_type", ["manufacturing", "distribution"])
def test_who_sells_goods_sees_them(business_type: str) -> None:
    assert hidden(business_type) == set()


def test_a_word_of_one_meaning_stands_once_in_the_glossary() -> None:
    words = glossary(Settings())
    assert not words.duplicated(["term", "unit", "meaning"]).any()
    assert not words["place"].str.startswith("PVM_Places").any()
    assert {"Consensus demand", "Safety stock", "Shipments"} <= set(words["term"])
