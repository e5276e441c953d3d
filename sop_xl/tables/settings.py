"""The settings of a plan: what ``sop.toml`` may say, with default, limits and help."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple


def _setting(
    default: Any,
    section: str,
    help: str,
    *,
    choices: tuple[str, ...] = (),
    minimum: float | None = None,
    maximum: float | None = None,
) -> Any:
    metadata = {
        "section": section,
        "help": help,
        "choices": choices,
        "minimum": minimum,
        "maximum": maximum,
    }
    return field(default=default, metadata=metadata)


FORECASTERS = (
    *("weights", "simple"),
    *("ets", "dynamic_theta", "theta", "ar", "seasonal_ar", "pooled", "group_season"),
    *("ses", "damped_holt", "moving_average", "tsb", "imapa", "sba", "croston"),
    *("naive", "seasonal_naive", "mean", "drift", "holt", "winters", "decomposition"),
    "statsmodels_ets",
)
"""Values of the setting ``forecaster``: two ways to choose among methods, and each by name."""


STOCK_METHODS = ("days", "service level", "forecast error", "fill rate", "periodic review")
"""What sets the target stock: days of supply, or safety and cycle stock by one of four methods."""


MAKE_TO_STOCK, MAKE_TO_ORDER = "make to stock", "make to order"
"""Policies of a family: stock is planned, or backlog."""


LOAD_METHODS = ("bill_of_resources", "resource_profile", "overall_factors")
"""How production loads the resources."""


class BusinessType(NamedTuple):
    """What a kind of business plans: both sides of the plan, what limits supply, and who works."""

    demand: str
    supply: str
    capacity: str
    resources: str
    """What its resources are, as the heat map of the capacity calls them."""
    people: str
    """Its people, as the sheet Workforce calls them."""
    policy: str = MAKE_TO_STOCK
    """The policy of a family that names none: what teams do for a customer cannot be stored."""


BUSINESS_TYPES = {
    "manufacturing": BusinessType(
        "orders, forecast, channel demand", "production and inventory", "manufacturing capacity",
        "work centres and lines", "operators by line and shift",
    ),
    "distribution": BusinessType(
        "orders, replenishment demand", "warehouse and fulfilment", "throughput and inventory",
        "warehouse throughput and storage", "warehouse and fulfilment teams",
    ),
    "saas": BusinessType(
        "pipeline, renewals, growth targets",
        "implementation, onboarding, support",
        "team bandwidth",
        "onboarding and support teams", "onboarding and support teams", MAKE_TO_ORDER,
    ),
    "services": BusinessType(
        "project demand, client pipeline", "consultant availability", "billable hours and skills",
        "skills and consultants", "consultants by skill", MAKE_TO_ORDER,
    ),
}
"""By the value of the setting ``business_type``; the plan sheets say these words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One company's settings. Amounts are in ``currency``, quantities in ``base_unit``."""

    company: str = _setting("My company", "company", "Name on every sheet and in every header.")
    entity: str = _setting("", "company", "Legal entity or plant, where there are several.")
    currency: str = _setting("EUR", "company", "Currency of all amounts (ISO code).")
    base_unit: str = _setting("pcs", "company", "Unit of all quantities in the plan.")
    business_type: str = _setting(
        "manufacturing",
        "company",
        "What the company does; the plan sheets say what its demand, supply and capacity are.",
        choices=tuple(BUSINESS_TYPES),
    )

    calendar: str = _setting(
        "months",
        "calendar",
        "Fiscal calendar: calendar months, or weeks per month of a quarter.",
        choices=("months", "4-4-5", "4-5-4", "5-4-4"),
    )
    fiscal_year_start: int = _setting(
        1, "calendar", "Month in which the fiscal year starts (1 to 12).", minimum=1, maximum=12
    )
    workdays_per_week: int = _setting(
        5, "calendar", "Working days per week, Monday first.", minimum=1, maximum=7
    )

    horizon: int = _setting(
        24, "horizon", "Months planned ahead (3 to 36).", minimum=3, maximum=36
    )
    history_shown: int = _setting(
        24, "horizon", "Months of history on the sheets (3 to 60).", minimum=3, maximum=60
    )
    planning_level: tuple[str, ...] = _setting(
        ("family", "region"),
        "horizon",
        "Level at which the plan is agreed: family or item first, then region, channel or both.",
        choices=("family", "item", "region", "channel"),
    )
    process_variant: int = _setting(
        6, "horizon", "Steps of the cycle: 6, or 5 with finance inside the pre-S&OP.",
        minimum=5, maximum=6,
    )

    forecaster: str = _setting(
        "weights",
        "demand",
        "Baseline: weights (all methods that serve, by their backtest), simple (the best of the "
        "simple ones), or one method by name; statsmodels_ets is slow and has no backtest.",
        choices=FORECASTERS,
    )
    reconciliation: str = _setting(
        "wls",
        "demand",
        "How the baselines of blocks, families and company are made to agree: wls (each gives way "
        "by the width of its range), mint (by the backtest errors that they share, where the "
        "forecaster has a backtest), bottom_up (the blocks alone), top_down (what the company's "
        "history says, shared out by the forecasts below) or middle_out (the same from families).",
        choices=("wls", "mint", "bottom_up", "top_down", "middle_out"),
    )
    spread_basis: str = _setting(
        "consensus",
        "demand",
        "How Spread targets shares a target out: by the consensus without earlier spreading, the "
        "baseline, last_cycle, the aop, the demand of the last 12 months (history), or even.",
        choices=("consensus", "baseline", "last_cycle", "aop", "history", "even"),
    )
    range_level: float = _setting(
        0.8, "demand", "Share of outcomes that the prediction range should hold.",
        minimum=0.5, maximum=0.99,
    )
    pipeline_share: float = _setting(
        0.5, "demand", "Share of the weighted pipeline that the baseline does not know yet.",
        minimum=0.0, maximum=1.0,
    )
    large_deal: float = _setting(
        250_000.0, "demand", "Opportunities of this value and more are listed by name.", minimum=0.0
    )

    strategy: str = _setting(
        "chase", "supply", "Production strategy of families that name none.",
        choices=("chase", "level"),
    )
    target_days: float = _setting(
        30.0, "supply", "Days of supply to hold, for families that name none.", minimum=0.0
    )
    stock_method: str = _setting(
        "days",
        "supply",
        "What sets the target stock: days (target days), or safety and cycle stock by the deviation"
        " of the demand (service level), by what forecasts missed (forecast error), for a share of"
        " demand served from stock (fill rate), or with a review now and then (periodic review).",
        choices=STOCK_METHODS,
    )
    service_level: float = _setting(
        0.95, "supply", "Service level of safety stocks, for families that name none.",
        minimum=0.5, maximum=0.9999,
    )
    lead_time_days: float = _setting(
        30.0, "supply", "Lead time in days, where neither family nor items have one.",
        minimum=0.0, maximum=1095.0,
    )
    lead_time_sigma: float = _setting(
        0.0, "supply", "Standard deviation of the lead time in days, for families without one.",
        minimum=0.0, maximum=365.0,
    )
    review_days: float = _setting(
        30.0, "supply", "Days between two orders or lots, for families that name none.",
        minimum=0.0, maximum=365.0,
    )

    load_method: str = _setting(
        "bill_of_resources",
        "supply",
        "How production loads the resources: bill_of_resources (each family its own hours, in the "
        "month of completion), resource_profile (the same, as many months before as the column "
        "Months before of the bill of resources says) or overall_factors (all hours, split by the "
        "shares of the last twelve months).",
        choices=LOAD_METHODS,
    )
    demonstrated_months: int = _setting(
        6, "supply", "Closed months whose mean output is the demonstrated capacity of a resource.",
        minimum=1, maximum=24,
    )
    allocation: str = _setting(
        "margin",
        "supply",
        "Who gets scarce hours in the constrained plan: margin (most margin per hour first), "
        "priority (the column Priority of the families, 1 first) or fair_share (all the same "
        "share).",
        choices=("margin", "priority", "fair_share"),
    )
    region_priority: tuple[str, ...] = _setting(
        (), "supply",
        "Regions that are served first with what can be sold of a family, in this order, where "
        "allocation is priority; the others share alike what is left.",
    )
    required_return: float = _setting(
        0.0, "supply",
        "Return on its cost that an option for a capacity gap has to bring, 0.15 for 15 %.",
        minimum=0.0, maximum=10.0,
    )
    strategy_seconds: float = _setting(
        10.0, "supply",
        "Seconds that the solver may take for each of the four aggregate plans; then it gives the "
        "best plan it has and says how far from the cheapest it may be. 0 leaves the plans out.",
        minimum=0.0, maximum=3600.0,
    )
    people_in_plans: str = _setting(
        "parts", "supply",
        "Whether the aggregate plans reckon with parts of people (full-time equivalents) or with "
        "whole people only, which takes the solver longer.",
        choices=("parts", "whole"),
    )
    holding_rate: float = _setting(
        0.18, "supply", "Cost of holding stock for a year, as a share of its standard cost.",
        minimum=0.0, maximum=2.0,
    )
    material_share: float = _setting(
        0.6, "supply",
        "Share of the standard cost that is material, for families without a material cost.",
        minimum=0.0, maximum=1.0,
    )
    late_rate: float = _setting(
        0.1, "supply",
        "Cost of delivering a month late, as a share of the price, for families without a "
        "backorder cost.",
        minimum=0.0, maximum=10.0,
    )
    least_stock: float = _setting(
        0.5, "supply",
        "Share of the target inventory below which no aggregate plan may fall; at the end it is "
        "back on target.",
        minimum=0.0, maximum=1.0,
    )
    catch_up: int = _setting(
        6, "supply",
        "Months in which an aggregate plan brings stock below target, or backlog of what is made "
        "to order, back to target.",
        minimum=1, maximum=36,
    )

    purchased_share: float = _setting(
        1.0, "cash", "Share of what goes into stock that is bought from suppliers; the rest is "
        "payroll and other cost of making, paid in its month.", minimum=0.0, maximum=1.0,
    )
    tax_rate: float = _setting(
        0.25, "cash", "Tax as a share of the profit, in months without a tax in Data_Cash.",
        minimum=0.0, maximum=1.0,
    )
    facility: float = _setting(
        0.0, "cash", "What the bank lends at most, in months without a facility in Data_Cash.",
        minimum=0.0,
    )
    cash_reserve: float = _setting(
        0.0, "cash", "Headroom (cash and facility) under which a month is near the limit.",
        minimum=0.0,
    )

    stale_days: int = _setting(
        35, "checks", "Data whose last day is older than this many days are stale.", minimum=1
    )
    tolerance: float = _setting(
        0.02, "checks",
        "Variance against the AOP that needs no explanation (0.02 = 2 %); so far may a KPI that is "
        "best close to its target be from it.",
        minimum=0.0, maximum=1.0,
    )
    outlier_score: float = _setting(
        6.0, "checks",
        "Robust z-score from which a quantity is an outlier and the forecast does without it; from "
        "two thirds of it on a correction is proposed.",
        minimum=2.0,
    )
    utilisation_full: float = _setting(
        0.85, "checks", "Utilisation from which a resource counts as full: amber, no longer green.",
        minimum=0.1, maximum=2.0,
    )
    utilisation_limit: float = _setting(
        1.0, "checks",
        "Utilisation from which a resource is marked as too full: red, and an exception. It makes "
        "no gap: hours are short where load is above 100 % of the available hours, on every sheet.",
        minimum=0.1, maximum=2.0,
    )
    forecast_lag: int = _setting(
        1, "checks", "Cycles between forecast and month at which accuracy is measured.",
        minimum=1, maximum=12,
    )

    kpi_packs: tuple[str, ...] = _setting(
        ("cash",),
        "checks",
        "More KPIs to show, where their data are known: cash (days and cash flow), retail (fill "
        "rate, stock-outs, sell-through), scor (SCOR metrics by their numbers), flow (days in "
        "stock, on the way, to the customer), roi (return on the options chosen).",
        choices=("cash", "retail", "scor", "flow", "roi"),
    )

    target_forecast_accuracy: float = _setting(0.80, "targets", "Forecast accuracy, 1 - WMAPE.")
    target_forecast_bias: float = _setting(0.0, "targets", "Forecast bias (forecast over actual).")
    target_plan_adherence: float = _setting(0.97, "targets", "Actual output / planned output.")
    target_inventory_turns: float = _setting(8.0, "targets", "Turns a year.")
    target_customer_service: float = _setting(0.95, "targets", "Orders on time / orders.")
    target_otif: float = _setting(0.92, "targets", "On time and in full / deliveries.")
    target_capacity_utilisation: float = _setting(0.85, "targets", "Load / available hours.")
    target_revenue_vs_plan: float = _setting(1.0, "targets", "Actual / planned revenue.")
    target_working_capital: float = _setting(0.0, "targets", "Current assets - liabilities.")
    target_demand_volatility: float = _setting(
        0.08, "targets", "Change of the demand plan from cycle to cycle."
    )
    target_schedule_adherence: float = _setting(0.95, "targets", "Schedule met / schedule.")
    target_decision_closure: float = _setting(0.90, "targets", "Closed actions / actions.")

    store: str = _setting(
        "", "store", "SQLAlchemy URL of the store; empty means sop.db in the plan folder."
    )

    @property
    def level(self) -> tuple[str, ...]:
        """The keys of a planned block; planned by item, every item is a family of its own."""
        return ("family", *self.planning_level[1:])


SECTIONS = {
    "company": "Company",
    "calendar": "Fiscal calendar",
    "horizon": "Horizon, level and process",
    "demand": "Demand planning",
    "supply": "Supply planning",
    "cash": "Cash",
    "checks": "Limits and tolerances",
    "targets": "KPI targets",
    "store": "Store",
}


def in_section(section: str) -> list[str]:
    """The names of the settings in one section of ``sop.toml``, in order."""
    return [f.name for f in fields(Settings) if f.metadata["section"] == section]
