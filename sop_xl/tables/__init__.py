"""Every table and grid of the plan, one module per step of the cycle.

Whatever crosses from one declaration to another (a formula, a reference) is checked here, when the
package is imported.
"""

from __future__ import annotations

from collections.abc import Iterable

from sop_xl.schema import TOKEN, WHOLE, Grid, Table
from sop_xl.tables import (
    bridge_regions,
    cash,
    contributors,
    data,
    demand,
    executive,
    finance,
    forecast,
    kpi_detail,
    levers,
    materials,
    people,
    performance,
    recon,
    review,
    shortage,
    stock,
    strategy,
    supply,
)

GRIDS: dict[str, Grid] = {
    grid.name: grid
    for grid in (
        demand.DEMAND_PLAN,
        demand.DEMAND_TOTAL,
        forecast.FORECAST_DETAIL,
        forecast.FORECAST_VIEW,
        supply.SUPPLY_PLAN,
        supply.OUTPUT,
        supply.CAPACITY,
        supply.HEAT_MAP,
        supply.RESOURCE_VIEW,
        shortage.CONSTRAINED_PLAN,
        shortage.CONSTRAINED_REGION,
        shortage.CONSTRAINED_TOTAL,
        *(strategy.STRATEGY_COST, strategy.STRATEGY_PLAN, strategy.STRATEGY_OUTPUT),
        strategy.STRATEGY_HOURS,
        strategy.SUPPLY_COST,
        stock.STOCK_TARGETS,
        stock.INVENTORY,
        stock.STOCK_VIEW,
        materials.MATERIAL_PLAN,
        materials.PURCHASES,
        materials.PURCHASE_TOTAL,
        people.WORKFORCE_PLAN,
        people.WORKFORCE_TOTAL,
        finance.FINANCE_TOTAL,
        finance.FINANCE_FAMILY,
        finance.OPERATING_COST,
        finance.FINANCE_REGION,
        recon.RECON_MONTHS,
        recon.BRIDGE_MONTHS,
        *cash.CASH_GRIDS,
        levers.LEVER_EFFECTS,
        levers.LEVER_TOTALS,
        performance.KPI_FACTS,
        kpi_detail.KPI_OUTLOOK,
        kpi_detail.LAG_FORECASTS,
        executive.DEMAND_VIEW,
        executive.SUPPLY_VIEW,
        executive.CAPACITY_VIEW,
        executive.FINANCE_VIEW,
        executive.WHAT_IF_VIEW,
        executive.WHAT_IF_LOAD_VIEW,
    )
}

MEETING = (
    executive.DECISIONS,
    executive.ASSUMPTIONS,
    executive.CYCLE_CALENDAR,
    review.EXCEPTIONS,
    demand.CLEANSING,
    shortage.GAP_OPTIONS,
    shortage.CONSTRAINTS,
    recon.TIE_OUTS,
    recon.FINANCE_LOCK,
    levers.LEVERS,
)
"""Lists that people fill in during the cycle; no source delivers them."""

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *data.SOURCES,
        *(data.CALENDAR, data.HISTORY, data.STOCK_HISTORY, data.BILL, data.PORTFOLIO),
        *(data.LOAD_REPORT, data.COMPLETENESS, data.REGION_PRICES),
        *(data.WINDOWS, data.COMPARISONS, data.RESULTS, data.SCENARIOS),
        *(recon.BRIDGE, recon.FINANCE_DRIFT),
        *(bridge_regions.BRIDGE_REGIONS, bridge_regions.BRIDGE_PLACES),
        *MEETING,
        *(executive.AGENDA, executive.DEMAND_SUMMARY, executive.SUPPLY_SUMMARY),
        *(executive.FINANCE_SUMMARY, executive.VIEW_FAMILIES, executive.VIEW_RESOURCES),
        *(executive.SETTINGS_SHOWN, executive.GLOSSARY, review.CHANGE_LOG, review.LOG),
        performance.KPI_TABLE,
        *(kpi_detail.KPI_MORE, kpi_detail.KPI_PARTS),
        *(kpi_detail.VALUE_ADDED, contributors.CONTRIBUTORS, kpi_detail.LEAD_TIME),
        review.CHECK_TABLE,
        *(forecast.FORECAST_BLOCKS, forecast.VIEW_BLOCKS, forecast.VIEW_METHODS),
        forecast.LAG_ACCURACY,
        *(strategy.FAMILY_RATES, strategy.RESOURCE_RATES, strategy.STRATEGIES_TABLE),
        strategy.BOTTLENECKS,
        *(stock.STOCK_SUMMARY, stock.STOCK_ITEMS),
        *(materials.MATERIAL_MESSAGES, materials.MATERIAL_ORDERS, materials.MATERIAL_PEGGING),
    )
}


def inputs(level: tuple[str, ...]) -> dict[str, Table]:
    """Every table that the store keeps as input: sources, meeting lists, inputs of the grids.

    Args:
        level: The planning level, which the keys of the grids and of the cleansing follow.
    """
    grids = (grid.for_level(level).input_table() for grid in GRIDS.values())
    kept = (table for table in grids if table is not None)
    meeting = (table.for_level(level) for table in MEETING)
    tables = (*data.SOURCES, data.LOAD_REPORT, *meeting, *kept)
    return {table.name: table for table in tables}


def _formulas() -> Iterable[tuple[str, str]]:
    for table in TABLES.values():
        yield from ((f"{table.name}.{c.name}", c.formula) for c in table.columns)
    for grid in GRIDS.values():
        for measure in grid.measures:
            yield f"{grid.name}.{measure.name}", measure.past
            yield f"{grid.name}.{measure.name}", measure.plan
    yield from ((f"check {check.name}", check.formula) for check in review.CHECKS)


def _check_references() -> None:
    for where, formula in _formulas():
        for _, owner, name, modifier in TOKEN.findall(formula):
            if not owner:
                continue
            fields = _fields(where, owner)
            if modifier not in WHOLE and name not in fields:
                raise ValueError(f"{where}: {owner} has no {name!r}")
    for table in TABLES.values():
        for column in table.columns:
            for other in filter(None, (column.refers, column.offers)):
                owner, _, name = other.partition(".")
                if name not in _fields(f"{table.name}.{column.name}", owner):
                    raise ValueError(f"{table.name}.{column.name}: no column {other}")


def _fields(where: str, owner: str) -> list[str]:
    if owner in GRIDS:
        return [*GRIDS[owner].names, *GRIDS[owner].key_names, "family", "region", "channel"]
    if owner in TABLES:
        return TABLES[owner].names
    raise ValueError(f"{where}: no table or grid {owner!r}")


_check_references()
