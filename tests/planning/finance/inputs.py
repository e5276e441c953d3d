"""What the financial step reads and most of its tests leave empty."""

from __future__ import annotations

import pandas as pd

from sop_xl.schema import Column, Unit, empty_frame
from sop_xl.tables.data import (
    CURRENCIES,
    EXCHANGE_RATES,
    PAST_FINANCE,
    PRICE_CHANGES,
    RECON_LINES,
    SCENARIO_DRIVERS,
    WORKFORCE,
)
from sop_xl.tables.demand import DEMAND_PLAN, DEMAND_TOTAL
from sop_xl.tables.finance import FINANCE_REGION
from sop_xl.tables.recon import FINANCE_LOCK, TIE_OUTS
from sop_xl.tables.strategy import FAMILY_RATES, SUPPLY_COST
from tests.planning.rows import rows, typed

LEVEL = ("family", "region")
_MONTH = Column("period", "Month", Unit.PERIOD)


def _empty_grid(name: str) -> pd.DataFrame:
    grid = {"plan": DEMAND_PLAN.for_level(LEVEL), "total": DEMAND_TOTAL}[name]
    measures = [Column(m.name, m.label, m.unit) for m in grid.measures]
    return empty_frame([*grid.keys, _MONTH, *measures])


NOTHING: dict[str, pd.DataFrame] = {
    "demand_plan": _empty_grid("plan"),
    "demand_total": _empty_grid("total"),
    "workforce": rows(WORKFORCE.inputs),
    "workforce_total": empty_frame([_MONTH, Column("people", "People", Unit.COUNT)]),
    "family_rates": rows(FAMILY_RATES.columns),
    "supply_cost": empty_frame(
        [_MONTH, *(Column(m.name, m.label, m.unit) for m in SUPPLY_COST.measures)]
    ),
    "price_changes": rows(PRICE_CHANGES.inputs),
    "currencies": rows(CURRENCIES.inputs),
    "exchange_rates": rows(EXCHANGE_RATES.inputs),
    "past_finance": rows(PAST_FINANCE.inputs),
    "recon_lines": rows(RECON_LINES.inputs),
    "tie_outs": rows([c for c in TIE_OUTS.columns if c.role.value != "output"]),
    "finance_lock": rows(FINANCE_LOCK.columns),
    "scenario_drivers": rows(SCENARIO_DRIVERS.inputs),
    "finance_region_inputs": typed(FINANCE_REGION),
}
