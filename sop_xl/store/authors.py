"""Who changed the demand plans of earlier cycles: the last name of each number in each cycle."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from sop_xl.schema import ALL
from sop_xl.store.layout import CHANGE, REVISION
from sop_xl.store.log import APPLIED
from sop_xl.store.merge import key_values
from sop_xl.store.values import Row, Value, frame_of
from sop_xl.tables.contributors import LAYER_OF, PAST_AUTHORS
from sop_xl.tables.demand import DEMAND_PLAN


def past_authors(connection: sa.Connection, before: str) -> pd.DataFrame:
    """The table ``past_authors``."""
    table = DEMAND_PLAN.input_table()
    assert table is not None  # people type in the demand plan
    change = CHANGE.c
    query = (
        sa.select(REVISION.c.cycle, change.row_key, change.column_name, change.author)
        .select_from(CHANGE)
        .join(REVISION)
        .where(
            REVISION.c.cycle < before,
            change.table_name == table.name,
            change.column_name.in_(LAYER_OF),
            change.status == APPLIED,
        )
        .order_by(change.id)
    )
    last = {(row.cycle, row.row_key, row.column_name): row.author
            for row in connection.execute(query)}
    keys = {key: key_values(key) for _, key, _ in last}
    columns: dict[str, list[Value]] = {
        "cycle": [cycle for cycle, _, _ in last],
        "layer": [LAYER_OF[column] for _, _, column in last],
        "author": list(last.values()),
    }
    for name in ("period", "family", "region", "channel"):
        columns[name] = [_named(keys[key], name) for _, key, _ in last]
    return frame_of(columns, PAST_AUTHORS.columns)


def _named(key: Row, name: str) -> Value:
    return key.get(name) or ALL
