"""The strategies beside the plan in the book (step 3): level, chase, mixed, optimised, priced.

They are made for the whole company: its families share the resources.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, matrix, totals, zero
from sop_xl.planning.resource_bill import resource_bill
from sop_xl.planning.supply.strategies.beyond import findings as pay_findings
from sop_xl.planning.supply.strategies.beyond import supply_cost
from sop_xl.planning.supply.strategies.grids import (
    bottlenecks,
    cost_grid,
    current_figures,
    family_grid,
    hours_grid,
    output_grid,
)
from sop_xl.planning.supply.strategies.labour import findings as labour_findings
from sop_xl.planning.supply.strategies.labour import known_share, paid_share, staffed_hours
from sop_xl.planning.supply.strategies.making import Made, figures_of, make
from sop_xl.planning.supply.strategies.rates import family_rates, resource_rates
from sop_xl.planning.supply.strategies.situation import Company, company_of
from sop_xl.planning.wording import count, listed, month, number
from sop_xl.schema import Finding, Severity
from sop_xl.tables.settings import Settings
from sop_xl.tables.strategy import CURRENT, STRATEGIES, STRATEGIES_TABLE
from sop_xl.tables.supply import SHORT_HOURS

POSSIBLE, IMPOSSIBLE, LEFT_OUT = "● possible", "■ impossible", "– not computed"
ABOUT = {
    CURRENT: "The supply plan in this book, priced as it stands.",
    "optimised": "The cheapest plan that keeps every limit; stock may fall to the share of its "
                 "target that the setting least_stock allows.",
    "level": "The same output every working day, but for what is made to order; nobody is hired or "
             "laid off after the first month, beside Workforce.",
    "chase": "Output follows demand and target stock; people and overtime follow output.",
    "mixed": "Nobody is hired or laid off after the first month, beside Workforce; overtime, extra "
             "hours and stock take the rest.",
}  # fmt: skip


def run(
    axis: Axis,
    settings: Settings,
    *,
    supply_plan: pd.DataFrame,
    capacity: pd.DataFrame,
    families: pd.DataFrame,
    bill: pd.DataFrame,
    resources: pd.DataFrame,
    workforce: pd.DataFrame,
    capacity_options: pd.DataFrame,
    workforce_plan: pd.DataFrame,
    materials: pd.DataFrame,
    material_plan: pd.DataFrame,
) -> Outcome:
    """Make the four plans, and price them beside the plan in the book."""
    names = sorted(families["family"])
    made_at_all = totals(supply_plan, "production", "family", names, axis.plan).sum(axis=1)
    hours = resource_rates(resources, workforce, capacity_options)
    needs = resource_bill(bill, names, list(hours["resource"])).total
    units = family_rates(
        families, settings, made_at_all, paid_share(needs, hours), staffed_hours(needs, hours)
    )
    company = company_of(
        axis, settings, supply_plan, capacity, families, bill, hours, workforce, capacity_options,
        workforce_plan,
    )  # fmt: skip
    made = make(company, settings.strategy_seconds)
    current = current_figures(company, supply_plan, capacity, axis)
    absorbs = units["absorbs"].to_numpy(dtype=float)
    hours = hours.assign(known=known_share(needs, current.production, absorbs))
    plans = {CURRENT: current} | {name: figures_of(company, one) for name, one in made.items()}
    adopted = matrix(supply_plan, "adopted", "family", company.families, axis.plan)
    gap = matrix(capacity, "gap", "resource", company.resources, axis.plan)
    demand = totals(supply_plan, "demand", "family", company.families, axis.plan)
    costs = cost_grid(axis, plans, demand.sum(axis=0), units, hours, company.planned_hires)
    spent = supply_cost(
        axis, costs, units, hours, current, company.bill, materials, material_plan
    )
    frames = {
        "family_rates": units,
        "resource_rates": hours,
        "strategies": _statuses(
            made, int((zero(gap) < -SHORT_HOURS).any(axis=0).sum()), float(current.missing.sum())
        ),
        "strategy_plan": family_grid(axis, company, plans),
        "strategy_output": output_grid(axis, company, plans),
        "strategy_hours": hours_grid(axis, company, plans, made, zero(adopted).sum(axis=0), gap),
        "strategy_cost": costs,
        "supply_cost": spent,
        "bottlenecks": bottlenecks(axis, company, made["optimised"], plans["optimised"]),
    }
    found = [
        *_findings(made, company, settings), *pay_findings(spent, settings.currency),
        *labour_findings(needs, current.production, units, hours),
        *_missing_hours(axis, company, current.missing),
    ]  # fmt: skip
    return Outcome(frames, found)


def _missing_hours(axis: Axis, company: Company, missing: Numbers) -> Sequence[Finding]:
    """Hours that the plan in the book needs and nobody offers, by resource."""
    told = [
        f"{number(hours.sum())} h at {name} from {month(axis.plan[int((hours > 0).argmax())])}"
        for name, hours in zip(company.resources, missing, strict=True)
        if hours.sum() > SHORT_HOURS
    ]
    if not told:
        return []
    return [
        Finding(
            "capacity_options",
            f"The plan in the book needs hours that nobody offers: {listed(told)}. They are in no "
            "cost, of Strategy and of the profit; Constrained_Plan makes later what they would "
            "make.",
            "Choose among the options of the sheet Options, or add capacity options.",
            Severity.WARNING,
        )
    ]


def _statuses(made: dict[str, Made], months_over: int, missing: float) -> pd.DataFrame:
    """The list ``strategies``; the plan in the book may need hours that nobody has.

    Args:
        made: The plans beside it.
        months_over: Plan months in which the plan in the book lacks hours at a resource.
        missing: Hours among them that nobody offers.
    """
    status, reason = "● in the book", ""
    if months_over:
        status = "▲ lacks hours"
        reason = f"It lacks hours in {count(months_over, 'month')}: see Capacity and Options"
    if missing > SHORT_HOURS:
        reason += f"; {number(missing)} h nobody offers: they have no price here"
    rows = [(CURRENT, 1.0, status, reason, ABOUT[CURRENT])]
    for name in STRATEGIES:
        found = made[name]
        status = LEFT_OUT if found.left_out else (POSSIBLE if found.plan else IMPOSSIBLE)
        rows.append((name, float(found.plan is not None), status, found.reason, ABOUT[name]))
    return pd.DataFrame(rows, columns=STRATEGIES_TABLE.names)


def _findings(made: dict[str, Made], company: Company, settings: Settings) -> Sequence[Finding]:
    found = [
        Finding(
            "strategies", f"No {name} plan is possible: {made[name].reason}.",
            "Look at the sheet Strategy: more hours, less least stock, or demand that moves.",
            Severity.WARNING,
        )
        for name in STRATEGIES
        if made[name].plan is None and not made[name].left_out
    ]  # fmt: skip
    without = [
        name
        for name, hours in zip(company.families, company.bill.total, strict=True)
        if not hours.any()
    ]
    if without and settings.strategy_seconds > 0 and not made["optimised"].left_out:
        found.append(
            Finding(
                "bill_of_resources",
                f"No hours at any resource for {', '.join(without[:5])}: nothing limits what the "
                "aggregate plans make of it.",
                "Add its hours per unit to the bill of resources.", Severity.WARNING,
            )
        )  # fmt: skip
    return found

