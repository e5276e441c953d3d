"""Step 1, data gathering: the fact base at the planning level, and the review of the data."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning import Outcome, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.data.completeness import completeness
from sop_xl.planning.data.facts import (
    bill,
    history,
    in_one_month,
    item_mix,
    overall_factors,
    stock_history,
)
from sop_xl.planning.data.families import planned, summary, valued
from sop_xl.planning.data.portfolio import portfolio
from sop_xl.planning.wording import count, listed, month
from sop_xl.schema import Finding, Severity
from sop_xl.tables import data
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    items: pd.DataFrame,
    actuals: pd.DataFrame,
    stock: pd.DataFrame,
    orders: pd.DataFrame,
    production: pd.DataFrame,
    resources: pd.DataFrame,
    resource_calendar: pd.DataFrame,
    bill_of_resources: pd.DataFrame,
    capacity_options: pd.DataFrame,
    families: pd.DataFrame,
    pipeline: pd.DataFrame,
    events: pd.DataFrame,
    launches: pd.DataFrame,
    forecast_choices: pd.DataFrame,
    signals: pd.DataFrame,
    aop: pd.DataFrame,
    finance_lines: pd.DataFrame,
    balance: pd.DataFrame,
    cash: pd.DataFrame,
    payment_pattern: pd.DataFrame,
    workforce: pd.DataFrame,
    risks: pd.DataFrame,
    actions: pd.DataFrame,
    units: pd.DataFrame,
    past_plans: pd.DataFrame,
    materials: pd.DataFrame,
    bill_of_materials: pd.DataFrame,
    material_stock: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    price_changes: pd.DataFrame,
    currencies: pd.DataFrame,
    exchange_rates: pd.DataFrame,
    past_finance: pd.DataFrame,
    recon_lines: pd.DataFrame,
    benchmarks: pd.DataFrame,
    scenario_drivers: pd.DataFrame,
    load_report: pd.DataFrame,
) -> Outcome:
    """Make the fact base from the sources, and review all of them."""
    sources = {
        "items": items,
        "actuals": actuals,
        "stock": stock,
        "orders": orders,
        "production": production,
        "resources": resources,
        "resource_calendar": resource_calendar,
        "bill_of_resources": bill_of_resources,
        "capacity_options": capacity_options,
        "families": families,
        "pipeline": pipeline,
        "events": events,
        "launches": launches,
        "forecast_choices": forecast_choices,
        "signals": signals,
        "aop": aop,
        "finance_lines": finance_lines,
        "balance": balance,
        "cash": cash,
        "payment_pattern": payment_pattern,
        "workforce": workforce,
        "risks": risks,
        "actions": actions,
        "units": units,
        "past_plans": past_plans,
        "materials": materials,
        "bill_of_materials": bill_of_materials,
        "material_stock": material_stock,
        "purchase_orders": purchase_orders,
        "price_changes": price_changes,
        "currencies": currencies,
        "exchange_rates": exchange_rates,
        "past_finance": past_finance,
        "recon_lines": recon_lines,
        "benchmarks": benchmarks,
        "scenario_drivers": scenario_drivers,
    }
    family_of = hierarchy.families_of(items, settings)
    facts = valued(hierarchy.closed_actuals(actuals, family_of, axis), items)
    family_stock = hierarchy.at_family(hierarchy.closed(stock, axis), family_of)
    output = hierarchy.at_family(hierarchy.closed(production, axis), family_of)
    coming = hierarchy.launched(launches, family_of, settings)
    names = planned([facts, family_stock, output, aop, pipeline, past_plans, coming], family_of)
    mix = item_mix(facts, family_of, axis)
    frames = {
        "history": history(facts, settings.level, axis),
        "stock_history": stock_history(family_stock, output, names, axis),
        "bill": _hours(bill(bill_of_resources, mix, names), facts, axis, settings),
        "families": summary(
            facts, items, families, names, family_of, axis, settings, past_plans
        ),
        "portfolio": portfolio(facts, items, family_stock, axis),
        "completeness": completeness(load_report, sources, axis, settings),
        "calendar": calendar(axis),
        "item_mix": mix,
    }
    findings = [
        *_not_closed(sources, axis),
        *_without_family(sources, family_of),
        *_late(facts, axis),
        *_offsets(bill_of_resources, settings),
    ]
    return Outcome(frames, findings)


def _hours(
    by_family: pd.DataFrame, facts: pd.DataFrame, axis: Axis, settings: Settings
) -> pd.DataFrame:
    """Hours per unit by the method of the settings."""
    if settings.load_method == "resource_profile":
        return by_family
    by_family = in_one_month(by_family)
    if settings.load_method == "bill_of_resources":
        return by_family
    year = facts[facts["period"].isin(axis.last_year)]
    return overall_factors(by_family, year.groupby("family")["demand"].sum())


def calendar(axis: Axis) -> pd.DataFrame:
    """The periods of the time axis, past and plan."""
    frame = axis.calendar.frame(axis.past[0], axis.plan[-1])
    numbers = ["year", "quarter", "weeks", "days", "workdays"]
    return frame.astype(dict.fromkeys(numbers, "float64"))[data.CALENDAR.names]


def _warning(table: str, message: str, remedy: str) -> Finding:
    return Finding(table, message, remedy, Severity.WARNING)


def _not_closed(tables: dict[str, pd.DataFrame], axis: Axis) -> list[Finding]:
    findings = []
    for name in ("actuals", "stock", "production"):
        open_rows = int((tables[name]["period"] >= axis.first).sum())
        if open_rows:
            rows = count(open_rows, "row")
            message = f"{rows} of {month(axis.first)} or later left out: not closed yet."
            remedy = "Plan the next cycle when the month is over."
            findings.append(_warning(name, message, remedy))
    return findings


def _without_family(tables: dict[str, pd.DataFrame], family_of: pd.Series) -> list[Finding]:
    known = hierarchy.planned_names(family_of)
    findings = []
    for name in ("actuals", "stock", "production"):
        numbers = pd.Index(tables[name]["item"].unique())
        family = family_of.reindex(numbers).fillna("")
        findings += _unknown(name, "Items without a family", numbers[(family == "").to_numpy()])
    for name in ("aop", "pipeline", "past_plans"):
        given = tables[name]["family"].drop_duplicates()
        unknown = given[hierarchy.spell(given, known) == ""]
        findings += _unknown(name, "Families without an item", pd.Index(unknown))
    return findings


def _unknown(table: str, what: str, names: pd.Index) -> list[Finding]:
    if names.empty:
        return []
    message = f"{what} are left out: {listed(names)}."
    return [_warning(table, message, "Name the item and its family in the item master.")]


def _offsets(bill_of_resources: pd.DataFrame, settings: Settings) -> list[Finding]:
    """Months before completion that the method of the settings does not look at."""
    given = int((bill_of_resources["offset"] > 0).sum())
    if not given or settings.load_method == "resource_profile":
        return []
    message = (
        f"Months before are given in {count(given, 'row')}, but the setting load_method is"
        f" {settings.load_method}: all work loads the month of completion."
    )
    remedy = "Set load_method to resource_profile, or clear the column."
    return [_warning("bill_of_resources", message, remedy)]


def _late(facts: pd.DataFrame, axis: Axis) -> list[Finding]:
    if facts.empty:
        message = f"There is no demand before {month(axis.first)}: nothing can be forecast."
        return [_warning("actuals", message, "Load the history.")]
    findings = []
    months = hierarchy.delivered_months(facts)
    if months[-1] < axis.opening:
        message = (
            f"Actuals end in {month(months[-1])}; the last closed month is {month(axis.opening)}."
        )
        findings.append(_warning("actuals", message, "Load the months that are missing."))
    gaps = months[~months.isin(pd.PeriodIndex(facts["period"].unique()))]
    if len(gaps):
        message = f"Nothing was sold in {listed(gaps.map(month))}: counted as zero."
        findings.append(_warning("actuals", message, "Load the month if it is missing."))
    return findings
