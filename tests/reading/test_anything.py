"""Whatever stands in the cells: no crash, the declared frame, unique keys, findings with place."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.calendar import Calendar
from sop_xl.reading import Cells, empty_frame
from sop_xl.schema import Table
from sop_xl.tables.data import ACTUALS, PIPELINE, STOCK
from tests.reading.tables import read_cells

CELL: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12),
    st.decimals(), st.datetimes(), st.dates(), st.times(), st.timedeltas(), st.binary(max_size=4),
    st.sampled_from(["2024-01", "31.12.2024", "1,5", "1.234", "12 %", "yes", "A", "a", "007", 7.0,
                     date(2024, 1, 1), datetime(9999, 12, 31), time(0), timedelta(0),
                     Decimal("NaN"), float("inf"), "#N/A", "9" * 400, "1e999"]),
)  # fmt: skip


@pytest.mark.parametrize("table", [ACTUALS, STOCK, PIPELINE], ids=lambda t: t.name)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_anything(table: Table, data: st.DataObject) -> None:
    header = [c.label for c in table.inputs]
    size = data.draw(st.integers(0, 6))
    columns = [data.draw(st.lists(CELL, min_size=size, max_size=size)) for _ in header]
    pattern = data.draw(st.sampled_from(["months", "4-4-5"]))
    cells = Cells(header, columns, "f.xlsx", "Sheet")
    frame, findings = read_cells(table, cells, Calendar(pattern))
    assert frame.dtypes.to_dict() == empty_frame(table).dtypes.to_dict()
    assert all(f.sheet == "Sheet" and f.file == "f.xlsx" for f in findings)
    keys = [*table.keys, *(["unit"] if table.sums else [])]
    assert not frame.duplicated(keys).any()
