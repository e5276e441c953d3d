"""Capacity, projected stock, production plans and safety stock."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.supply import (
    availability,
    buffers,
    production,
    rough_cut,
    staffing,
    stock_health,
)
from sop_xl.planning.supply.aggregate import plan_table as aggregate
from sop_xl.planning.supply.capacity import capacity_gap, resource_profile
from sop_xl.planning.supply.materials import netting

CATEGORY = "S&OP Supply"

_DEMAND = (
    "Demand in units: a column, a row, or a row for each series, one cell for each period. A blank"
    " is none."
)
_OPENING = "Stock less backlog now, in units; one number, or one for each series."
_PERIODS = "one number for each period"
_ITEMS = "one cell for each item, or one for all."
_ZERO_UP = Limits(0)
_SPREAD = {
    "sigma_demand": f"Standard deviation of the demand of a period, in units; {_ITEMS}",
    "lead_time": f"Mean lead time in the same periods; {_ITEMS}",
    "sigma_lead_time": "Standard deviation of the lead time, in periods; 0 if left out.",
    "mean_demand": "Mean demand of a period, in units; needed where the lead time varies.",
    "review": "Periods between two reviews; 0 (default) where stock is watched all the time.",
}
_SPREAD_LIMITS = dict.fromkeys(
    ("sigma_demand", "lead_time", "sigma_lead_time", "review"), _ZERO_UP
)  # fmt: skip
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
                  " one number, one for each family, or one for each of the hours per unit.",
    }, limits={"offset": _ZERO_UP}, result="hours: resources down, periods across"),
    Function("SOP_CPOF", rough_cut.overall_factors, {
        "volumes": "Units: families down, periods across. A blank is none.",
        "hours_per_unit": "Hours of one unit at all resources together, one cell for each family.",
        "shares": "Share of each resource in all hours of the past; they add up to 1.",
    }, limits={"shares": Limits(0, 1)}, result="hours: resources down, periods across"),
    Function("SOP_CAPACITY", rough_cut.available_hours, {
        "machines": "Machines or people; one cell for each resource or period, as all others.",
        "shifts": "Shifts of a day.",
        "hours_per_shift": "Hours of a shift.",
        "days": "Working days of the period.",
        "efficiency": "Standard hours made in an hour: 0.9 for 90 %; 1 if left out.",
        "planned_loss": "Share of the hours that maintenance or a cushion takes; 0 if left out.",
        "holidays": "Days of the period without work at the resource; 0 if left out.",
    }, beside=(
        "machines", "shifts", "hours_per_shift", "days", "efficiency", "planned_loss", "holidays",
    ), limits={
        "machines": _ZERO_UP, "shifts": _ZERO_UP, "hours_per_shift": Limits(0, 24),
        "days": _ZERO_UP, "efficiency": _ZERO_UP, "planned_loss": Limits(0, 1),
        "holidays": _ZERO_UP,
    }, result="hours for each cell"),
    Function("SOP_MACHINES", rough_cut.machines_needed, {
        "volumes": "Units of each product in the period.",
        "hours_per_unit": "Hours of one unit of it.",
        "hours_per_machine": "Hours of one machine in the period, as SOP_CAPACITY gives them.",
        "lot_size": "Units between two set-ups; needed where set-ups take time.",
        "setup_hours": "Hours of one set-up; 0 if left out.",
    }, beside=("volumes", "hours_per_unit", "lot_size", "setup_hours"), limits={
        "hours_per_machine": Limits(0, inside=True), "volumes": _ZERO_UP,
        "hours_per_unit": _ZERO_UP, "lot_size": _ZERO_UP, "setup_hours": _ZERO_UP,
    }, result="machines, exactly and as a whole number"),
    Function("SOP_CUMGAP", rough_cut.cumulative_gap, {
        "load": "Load in hours: a column, a row, or a row for each resource.",
        "available": "Available hours, as many cells or one for all.",
    }, result="hours up to each period, negative where work done ahead does not help"),
    Function("SOP_CAPBAND", rough_cut.utilisation_band, {
        "load": "Load in hours.",
        "available": "Available hours, as many cells or one for all.",
        "full": "Utilisation from which a resource is full: 0.85 (default).",
        "over": "Utilisation above which it is over: 1 (default).",
        "far_over": "Utilisation above which it is far over: 1.1 (default).",
    }, beside=("load", "available"), limits=dict.fromkeys(("full", "over", "far_over"), _ZERO_UP),
        result="a word for each cell"),
    Function("SOP_DEMONSTRATED", rough_cut.demonstrated, {
        "output": "Actual output or standard hours: a column, a row, or a row for each resource.",
        "periods": "How many of the last known periods count: 3 (default).",
    }, result="one number for each resource"),
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
        **_SPREAD,
    }, beside=("service_level", *_SPREAD),
        limits={"service_level": Limits(0, 1, inside=True), **_SPREAD_LIMITS},
        result="units, one number for each item"),
    Function("SOP_SAFETY_FILL", buffers.safety_stock_for_fill_rate, {
        "fill_rate": "Share of demand that is to be served from stock: 0.98 for 98 %.",
        "order_quantity": f"Units of one order or lot; {_ITEMS}",
        **_SPREAD,
    }, beside=("fill_rate", "order_quantity", *_SPREAD), limits={
        "fill_rate": Limits(0, 1, inside=True), "order_quantity": Limits(0, inside=True),
        **_SPREAD_LIMITS,
    }, result="units, one number for each item"),
    Function("SOP_SAFETY_ERR", buffers.safety_stock_from_errors, {
        "service_level": "Share of cycles without a stock-out: 0.95 for 95 %.",
        "forecast": "Units forecast: a column, a row, or a row for each item.",
        "actual": "Units that came, as many cells; a period without both is left out.",
        "lead_time": "Lead time in the same periods; 1 (default) where forecasts were made for the"
                     " whole lead time.",
    }, limits={"service_level": Limits(0, 1, inside=True), "lead_time": _ZERO_UP},
        result="units, one number for each item"),
    Function("SOP_STOCK_SERVICE", buffers.service_of_stock, {
        "safety_stock": f"Safety stock in units; {_ITEMS}",
        "sigma": "Standard deviation of the demand during the lead time, in units.",
        "order_quantity": "Units of one order or lot.",
    }, beside=("safety_stock", "sigma", "order_quantity"), limits={
        "sigma": Limits(0, inside=True), "order_quantity": Limits(0, inside=True),
    }, result="cycle service level, expected units short in a cycle and fill rate"),
    Function("SOP_REORDER", buffers.reorder_level, {
        "mean_demand": f"Mean demand of a period, in units; {_ITEMS}",
        "lead_time": "Mean lead time in the same periods.",
        "safety_stock": "Safety stock in units, as SOP_SAFETY gives it.",
        "review": "Periods between two reviews; 0 (default) where stock is watched all the time.",
    }, beside=("mean_demand", "lead_time", "safety_stock", "review"),
        limits={"lead_time": _ZERO_UP, "review": _ZERO_UP},
        result="units, one number for each item"),
    Function("SOP_STOCK_TARGET", stock_health.stock_targets, {
        "safety_stock": f"Safety stock in units; {_ITEMS}",
        "order_quantity": "Units of one order or lot.",
    }, beside=("safety_stock", "order_quantity"), limits={"order_quantity": _ZERO_UP},
        result="least, mean and largest stock in units"),
    Function("SOP_EXCESS", stock_health.stock_health, {
        "stock": "Units now; one number, or one for each item.",
        "demand": "Units of the coming periods: a column, a row, or a row for each item.",
        "target": "Safety and cycle stock in units; 0 if left out.",
        "periods": "Periods whose demand a stock may cover beyond its target: 3 (default).",
    }, result="units short, in excess and obsolete, a row for each item"),
    Function("SOP_RUNOUT", stock_health.run_out, {
        "stock": "Units now; one number, or one for each item.",
        "demand": "Units of the coming periods: a column, a row, or a row for each item.",
        "supply": "Receipts that are certain, in units, as many cells; none if left out.",
    }, result="periods, one number for each item; missing where the stock outlasts them"),
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
    Function("SOP_MPS", netting.master_schedule, {
        "opening": "Stock now, in units; one number, or one for each item.",
        "forecast": "Forecast in units: a column, a row, or a row for each item. A blank is none.",
        "orders": "Booked orders in units, as many cells; where they exceed the forecast, they"
                  " count instead.",
        "lot_size": "Production comes in multiples of it; 0 (default): any quantity.",
        "safety_stock": "Stock that is kept, in units; 0 if left out.",
    }, limits={"lot_size": _ZERO_UP, "safety_stock": _ZERO_UP}, result=_PERIODS),
    Function("SOP_NETREQ", netting.net_requirements, {
        "gross": "Gross requirements in units: a column, a row, or a row for each item.",
        "on_hand": "Stock now, in units; one number, or one for each item, as all below.",
        "receipts": "Open orders in units, in the period in which they are due, as many cells as"
                    " gross.",
        "safety_stock": "Stock that is kept, in units; 0 if left out.",
        "lead_time": "Whole periods from release to receipt; 0 if left out.",
        "lot_size": "Orders are a multiple of it; 0 (default): any quantity.",
        "minimum": "Least quantity of an order; 0 if left out.",
        "cover": "Periods whose needs one order covers: 1 (default).",
        "output": "Good units from one unit started: 0.95 for 5 % loss; 1 if left out.",
        "show": "release (default): units to order. receipt: good units that come in. net: net"
                " requirement. projected: stock at the end of each period.",
    }, limits={
        "on_hand": _ZERO_UP, "safety_stock": _ZERO_UP, "lead_time": _ZERO_UP,
        "lot_size": _ZERO_UP, "minimum": _ZERO_UP, "cover": Limits(1),
        "output": Limits(0.01, 1),
    }, result=_PERIODS),
    Function("SOP_WORKFORCE", staffing.people_needed, {
        "required_hours": "Hours of work: a column, a row, or a row for each skill.",
        "people": "People now; one number, or one for each skill.",
        "hours": "Productive hours of one person in a period; one number, one for each skill, or"
                 " one for each period.",
        "attrition": "Share of the people who leave each period: 0.02 for 2 %; 0 if left out.",
        "overtime": "Overtime at most, as a share of the productive hours; 0 if left out.",
        "ramp": "Productivity of a new person in the first, second ... period: 0.5, 0.75, 1.",
        "lead_time": "Whole periods before somebody hired now can start: 0 (default).",
        "show": "hires (default): whole people to hire. people: who is there. required: people the"
                " hours take. overtime, gap: hours.",
    }, limits={
        "required_hours": _ZERO_UP, "people": _ZERO_UP, "hours": Limits(0, inside=True),
        "attrition": Limits(0, 1), "overtime": _ZERO_UP, "ramp": _ZERO_UP, "lead_time": _ZERO_UP,
    }, result="one number for each period"),
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
