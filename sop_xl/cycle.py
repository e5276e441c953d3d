"""The S&OP cycle: its steps in order, run over the inputs of a month to one plan."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from sop_xl import tables
from sop_xl.planning import (
    Outcome,
    data,
    executive,
    finance,
    performance,
    review,
    supply,
)
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand import step as demand
from sop_xl.planning.finance import liquidity
from sop_xl.planning.performance import detail, outlook
from sop_xl.planning.supply import shortage
from sop_xl.schema import Finding, empty_frame
from sop_xl.tables.cash import PAST_CASH
from sop_xl.tables.contributors import PAST_AUTHORS
from sop_xl.tables.executive import DONE, SIX_STEPS, process_steps
from sop_xl.tables.forecast import FORECAST_METHODS
from sop_xl.tables.settings import Settings


class Plan(NamedTuple):
    """What a cycle knows: its frames by table or grid, inputs and outputs, and the findings."""

    frames: dict[str, pd.DataFrame]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the cycle: the frames it reads, the frames it writes, the function it is."""

    number: int
    name: str
    title: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    run: Callable[..., Outcome]


def _step(name: str, run: Callable[..., Outcome], writes: tuple[str, ...]) -> Step:
    """A step reads the frames that its function has as keyword arguments."""
    process = next(step for step in SIX_STEPS if step.name == name)
    parameters = inspect.signature(run).parameters.values()
    reads = tuple(p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY)
    return Step(process.number, name, process.title, reads, writes, run)


STEPS: tuple[Step, ...] = (
    _step(
        "data",
        data.run,
        (
            "history",
            "stock_history",
            "bill",
            "families",
            "portfolio",
            "completeness",
            "calendar",
            "item_mix",
        ),
    ),
    _step(
        "demand",
        demand.run,
        (
            *("demand_plan", "demand_total", "long_history", "pipeline", "events"),
            *("forecast_blocks", "forecast_methods", "forecast_detail", "forecast_ranks"),
            *("view_blocks", "view_methods", "forecast_doubts", "cleansing"),
        ),
    ),
    _step(
        "supply",
        supply.run,
        (
            *("supply_plan", "output", "capacity", "workforce", "heat_map"),
            *("stock_targets", "inventory", "stock_summary", "stock_items"),
            *("materials", "material_plan", "purchases", "purchase_total"),
            *("material_messages", "material_orders", "material_pegging"),
            *("workforce_plan", "workforce_total"),
        ),
    ),
    _step(  # the strategies look at the plan and its capacity from outside
        "supply",
        supply.strategies.run,
        (
            *("strategies", "strategy_plan", "strategy_output", "strategy_hours"),
            *("strategy_cost", "supply_cost"),
            *("family_rates", "resource_rates", "bottlenecks"),
        ),
    ),
    _step(
        "finance",
        finance.run,
        (
            *("finance_region", "finance_family", "operating_cost", "finance_total"),
            *("region_prices", "price_changes", "recon_lines", "recon_view", "recon_months"),
            *("windows", "comparisons", "results", "recon_choices", "bridge", "bridge_months"),
            *("bridge_regions", "bridge_places"),
            *("tie_outs", "tie_places", "finance_drift", "scenarios", "scenario_drivers"),
        ),
    ),
    # the second half of supply planning: gaps and options are compared in money
    _step(
        "supply",
        shortage.run,
        (
            *("gap_options", "constrained_plan", "constrained_region", "constrained_total"),
            *("constraints", "material_messages"),
        ),
    ),
    _step(
        "finance",
        liquidity.run,
        (
            *("payment_pattern", "receivables", "payables", "stock_value"),
            *("cash_flow", "cash_days", "levers", "lever_effects", "lever_totals"),
        ),
    ),
    # the seventh step closes the loop; it runs here because both meetings look at its figures
    _step("performance", outlook.run, ("kpi_outlook",)),
    _step("performance", performance.run, ("kpi_facts", "kpis", "lag_accuracy")),
    _step(
        "performance",
        detail.run,
        ("kpi_parts", "kpi_more", "value_added", "contributors", "lead_time", "lag_forecasts"),
    ),
    _step("review", review.run, ("exceptions", "checks", "risks")),
    _step(
        "executive",
        executive.run,
        (
            *("agenda", "decisions", "assumptions", "cycle_calendar"),
            *("demand_view", "supply_view", "capacity_view", "resource_view", "finance_view"),
            *("what_if_view", "what_if_load_view", "forecast_view", "stock_view"),
            *("views", "view_families", "view_resources"),
            *("demand_summary", "supply_summary", "finance_summary", "headlines"),
        ),
    ),
)
"""The steps in the order in which they are computed."""


def run(
    inputs: Mapping[str, pd.DataFrame],
    settings: Settings,
    axis: Axis,
    findings: Sequence[Finding] = (),
    *,
    progress: Callable[[Step], None] | None = None,
    steps: Sequence[Step] = STEPS,
) -> Plan:
    """Run the steps of a cycle in order.

    Args:
        inputs: Every input table of the planning level, empty where nothing was delivered; and
            ``past_forecasts``, ``past_cash`` and ``past_authors``, if a cycle before is known.
        settings: The company's settings.
        axis: The time axis; its first plan period names the cycle.
        findings: What was found when the inputs were read.
        progress: Called with each step before it runs.
        steps: The steps to run; all of them if not given.

    Raises:
        ValueError: An input is missing, or a step does not write what it says.
    """
    missing = set(tables.inputs(settings.level)) - set(inputs)
    if missing:
        raise ValueError(f"no frame for the inputs {', '.join(sorted(missing))}")
    before = FORECAST_METHODS.for_level(settings.level)
    unknown = {"past_forecasts": before, "past_cash": PAST_CASH, "past_authors": PAST_AUTHORS}
    frames = {name: empty_frame(table.columns) for name, table in unknown.items()} | dict(inputs)
    noticed = list(findings)
    told = {(one.table, one.message) for one in findings}
    for step in steps:
        if progress is not None:
            progress(step)
        outcome = step.run(axis, settings, **{name: frames[name] for name in step.reads})
        if set(outcome.frames) != set(step.writes):
            odd = set(outcome.frames) ^ set(step.writes)
            raise ValueError(f"step {step.name} should write {', '.join(sorted(odd))} or not")
        frames |= outcome.frames
        # what was found when the data were checked is not said again when they are planned with
        noticed += [one for one in outcome.findings if (one.table, one.message) not in told]
    return Plan(frames, noticed)


# ---- gates ---------------------------------------------------------------------------

GATES: Mapping[str, tuple[str, ...]] = {
    "open": ("executive",),
    "signed": (),
    "demand": ("demand",),
    "supply": ("supply",),
    "finance": ("finance", "review"),
    "performance": ("performance",),
}
"""What has to be open for an action, and the steps that close it: the first one that the cycle has.

``signed`` is the other way round: some step has to be signed off.
"""


def steps_that_close(gate: str, steps: Iterable[str]) -> list[str]:
    """The steps of a cycle calendar, as it names them, that close a gate when they are done.

    >>> steps_that_close("demand", ["1 Data gathering and portfolio review", "2 Demand planning"])
    ['2 Demand planning']
    """
    names = {s.key: s.name for variant in (5, 6) for s in process_steps(variant)}
    shown = {names[step]: step for step in steps if step in names}
    return [shown[name] for name in GATES[gate] if name in shown][:1]


def gate_is_open(gate: str, calendar: pd.DataFrame) -> bool:
    """Whether the actions behind a gate may run.

    Args:
        gate: One of ``GATES``, or empty for what can always be done.
        calendar: The cycle calendar: its columns step and status.
    """
    if not gate:
        return True
    done = set(calendar.loc[calendar["status"] == DONE, "step"])
    if gate == "signed":
        return bool(done)
    return not done.intersection(steps_that_close(gate, calendar["step"]))
