"""Capacity, projected stock, production plans and safety stock."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.supply import availability, buffers, production
from sop_xl.planning.supply.aggregate import ranges as aggregate
from sop_xl.planning.supply.capacity import capacity_gap, resource_profile

CATEGORY = "S&OP Supply"

_DEMAND = (
    "Demand in units: a column, a row, or a row for each series, one cell for each period. A blank"
    " is none."
)
_OPENING = "Stock less backlog now, in units; one number, or one for each series."
_PERIODS = "one number for each period"
_ITEMS = "one cell for each item, or one for all."
_ZERO_UP = Limits(0)
_ONE_FAMILY = "Demand in units of one family, or of all in a common unit: one cell for each period."
_SETTINGS = {
    "settings": "Names of costs and rules, one below the other; what is left out takes its"
                " default. The documents list them.",
    "values": "Beside each name one number for all periods, or one for each.",
}  # fmt: skip
_TABLE = (
    "a table with the columns " + ", ".join(aggregate.COLUMNS) + ", with totals in the last row"
)

FUNCTIONS = (
    Function("SOP_CAPGAP", capacity_gap, {
        "load": "Load in hours.",
        "available": "Available hours, as many cells or one for all.",
    }, beside=("load", "available"), result="hours for each cell, negative where they are short"),
    Function("SOP_RCCP", resource_profile, {
        "volumes": "Units: families down, periods across. A blank is none.",
        "hours_per_unit": "Hours of one unit: the same families down, resources across. A blank is"
                          " none.",
        "offset": "Whole periods by which the work comes before the volume is due: 0 (default),"
                  " one number, or one for each family.",
    }, limits={"offset": _ZERO_UP}, result="hours: resources down, periods across"),
    Function("SOP_PAB", availability.projected_available, {
        "opening": _OPENING,
        "supply": "Production or receipts in units, as many cells as the demand. A blank is none.",
        "demand": _DEMAND,
        "orders": "Booked orders in units; where they exceed the demand, they count instead.",
    }, result=_PERIODS),
    Function("SOP_ATP", availability.available_to_promise, {
        "opening": "Stock now, in units; one number, or one for each series.",
        "mps": "Receipts of the master schedule in units: a column, a row, or a row for each"
               " series. A blank is none.",
        "orders": "Booked orders in units, as many cells. A blank is none.",
    }, result=_PERIODS),
    Function("SOP_DOS", availability.forward_cover, {
        "stock": "Stock now, in units; one number, or one for each series.",
        "demand": _DEMAND,
        "days": "Calendar days of each period, or one number for all.",
    }, limits={"days": _ZERO_UP}, result="days, one number for each series"),
    Function("SOP_SAFETY", buffers.safety_stock, {
        "service_level": "Share of cycles without a stock-out: 0.95 for 95 %.",
        "sigma_demand": f"Standard deviation of the demand of a period, in units; {_ITEMS}",
        "lead_time": f"Mean lead time in the same periods; {_ITEMS}",
        "sigma_lead_time": "Standard deviation of the lead time, in periods; 0 if left out.",
        "mean_demand": "Mean demand of a period, in units; needed where the lead time varies.",
        "review": "Periods between two reviews; 0 (default) where stock is watched all the time.",
    }, beside=(
        "service_level", "sigma_demand", "lead_time", "sigma_lead_time", "mean_demand", "review",
    ), limits={
        "service_level": Limits(0, 1, inside=True), "sigma_demand": _ZERO_UP,
        "lead_time": _ZERO_UP, "sigma_lead_time": _ZERO_UP, "review": _ZERO_UP,
    }, result="units, one number for each item"),
    Function("SOP_LEVEL", production.level_schedule, {
        "demand": _DEMAND,
        "workdays": "Working days of each period; 1 (default) or another number for all.",
        "opening": _OPENING,
        "ending": "Stock wanted at the end, in units; 0 (default), one number, or one for each"
                  " series.",
    }, limits={"workdays": _ZERO_UP}, result=_PERIODS),
    Function("SOP_CHASE", production.chase_schedule, {
        "demand": _DEMAND,
        "opening": _OPENING,
        "target": "Stock wanted at the end of each period, in units; 0 (default) or another number"
                  " for all.",
    }, result=_PERIODS),
    Function("SOP_AGGPLAN", aggregate.plan_table, {
        "demand": _ONE_FAMILY,
        **_SETTINGS,
        "strategy": "optimised (default): the cheapest. level: the same output every day. chase:"
                    " output follows demand. mixed: the same people, the rest by overtime,"
                    " subcontractors and stock.",
        "show": "plan (default): the table. costs: money by item. total: one amount. worth: what an"
                " hour more of each period would save.",
    }, words=aggregate.SETTINGS, result=f"{_TABLE}; or what show asks for"),
    Function("SOP_PLANCOST", aggregate.priced_table, {
        "demand": _ONE_FAMILY,
        **_SETTINGS,
        "regular": "Units made in regular time, one cell for each period or one for all.",
        "overtime": "Units made in overtime; none if left out.",
        "subcontracted": "Units bought from subcontractors; none if left out.",
        "workers": "People by period, or another measure of capacity whose changes cost.",
        "show": "total (default): one amount. costs: money by item. plan: the table.",
    }, limits=dict.fromkeys(("regular", "overtime", "subcontracted", "workers"), _ZERO_UP),
        words=aggregate.SETTINGS, result=f"an amount; or {_TABLE}, or the costs by item"),
)  # fmt: skip
