"""The message of each page of the deck: one sentence with its figures."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.executive import meeting
from sop_xl.planning.frames import by_period
from sop_xl.planning.wording import count, month, number, percent
from sop_xl.schema import ALL_FAMILIES
from sop_xl.tables.review import DONE
from sop_xl.tables.settings import Settings

YEAR = 12


def headlines(
    axis: Axis,
    settings: Settings,
    *,
    demand_total: pd.DataFrame,
    supply_plan: pd.DataFrame,
    supply_summary: pd.DataFrame,
    constraints: pd.DataFrame,
    constrained_total: pd.DataFrame,
    finance_summary: pd.DataFrame,
    kpis: pd.DataFrame,
    exceptions: pd.DataFrame,
    checks: pd.DataFrame,
    risks: pd.DataFrame,
    decisions: pd.DataFrame,
) -> pd.DataFrame:
    """The frame ``headlines``: page and message."""
    messages = {
        "Home": _home(axis, settings, checks, exceptions),
        "D1_Agenda": _decisions(decisions),
        "D2_KPIs": _kpis(axis, kpis),
        "D3_Demand": _demand(axis, settings, demand_total),
        "D4_Supply": " ".join(
            (
                _capacity(supply_summary) + _sales(settings, constraints),
                _stock(axis, settings, supply_plan, constrained_total),
            )
        ),
        "D5_Finance": _finance(axis, settings, finance_summary),
        "D6_Risks": _risks(settings, risks, exceptions),
    }
    return pd.DataFrame({"page": list(messages), "message": list(messages.values())}, dtype="str")


def _home(axis: Axis, settings: Settings, checks: pd.DataFrame, exceptions: pd.DataFrame) -> str:
    failed = int(checks["status"].str.startswith("■").sum())
    verdict = (
        f"{failed} of {count(len(checks), 'check')} failed"
        if failed
        else f"all {len(checks)} checks passed"
    )
    return f"Cycle {month(axis.first)}: {verdict}; {_exceptions(settings, exceptions)}."


def _exceptions(settings: Settings, exceptions: pd.DataFrame) -> str:
    if exceptions.empty:
        return "no exceptions"
    left = exceptions[exceptions["status"] != DONE]
    if left.empty:
        return f"{count(len(exceptions), 'exception')}, all done"
    first = left.iloc[0]
    many = count(len(left), "exception" if len(left) == len(exceptions) else "open exception")
    if pd.isna(first["value"]):
        return f"{many}, the first: {first['exception']}"
    stake = number(float(first["value"]), settings.currency)
    return f"{many}, the largest: {first['exception']} ({stake} at stake)"


def _decisions(decisions: pd.DataFrame) -> str:
    asked = decisions[meeting.pending(decisions) & (decisions["level"] == "executive")]
    if asked.empty:
        return "No decision is asked for this month."
    verb = "is" if len(asked) == 1 else "are"
    many = count(len(asked), "decision")
    return f"{many} {verb} needed; the first: {asked['question'].iloc[0]}"


def _kpis(axis: Axis, kpis: pd.DataFrame) -> str:
    measured = kpis[kpis["status"].str[:1].isin(["●", "▲", "■"])]
    if measured.empty:
        return f"No KPI could be measured for {month(axis.opening)}."
    on_target = int(measured["status"].str.startswith("●").sum())
    off = measured.loc[measured["status"].str.startswith("■"), "kpi"].tolist()
    text = f"{on_target} of {count(len(measured), 'KPI')} on target in {month(axis.opening)}"
    return f"{text}; off target: {', '.join(off)}." if off else f"{text}, none off target."


def _demand(axis: Axis, settings: Settings, demand_total: pd.DataFrame) -> str:
    """The next twelve months against the AOP, or else against the last twelve."""
    company = demand_total[demand_total["family"] == ALL_FAMILIES].set_index("period")
    ahead = company.reindex(axis.plan[:YEAR])
    volume = float(ahead["consensus"].sum())
    text = (
        f"Consensus demand of the next {count(len(ahead), 'month')} is "
        f"{number(volume, settings.base_unit)}"
    )
    budgeted = ahead[ahead["aop"] > 0]
    if len(budgeted):
        budget = float(budgeted["aop"].sum())
        share = float(budgeted["consensus"].sum()) / budget - 1
        part = "" if len(budgeted) == len(ahead) else f" in its {count(len(budgeted), 'month')}"
        return f"{text}, {_against(share)} the AOP{part}."
    before = float(company["actual"].reindex(axis.last_year[-len(ahead) :]).sum())
    if before > 0:
        return f"{text}, {_against(volume / before - 1)} the {len(ahead)} months before."
    return f"{text}."


def _against(share: float) -> str:
    side = "below" if share < 0 else "above"
    return f"{percent(abs(share))} {side}"


def _capacity(summary: pd.DataFrame) -> str:
    if summary.empty:
        return "No resources are planned."
    # peaks that look the same are told apart by the load of the other months
    ranked = summary.assign(shown=summary["peak"].round(4))
    order = ["shown", "utilisation", "resource"]
    tight = ranked.sort_values(order, ascending=[False, False, True]).iloc[0]
    short = summary[summary["short_months"] > 0]
    if short.empty:
        return (
            f"Every resource carries the plan; the tightest is {tight['resource']} with "
            f"{percent(float(tight['peak']))} in its fullest month."
        )
    worst = short.iloc[0]  # the summary begins with the most money at stake
    return (
        f"{count(len(short), 'resource')} short of hours: {worst['resource']} lacks "
        f"{number(-float(worst['short_hours']))} h in "
        f"{count(int(worst['short_months']), 'month')}."
    )


def _sales(settings: Settings, constraints: pd.DataFrame) -> str:
    """What the company cannot sell when it is asked for; empty where no hours are short."""
    if constraints["units"].notna().sum() == 0:
        return ""
    units, margin = float(constraints["units"].sum()), float(constraints["margin"].sum())
    if units < 1:
        return " Stock covers it."
    return (
        f" {number(units, settings.base_unit)} are late or lost, with a margin of "
        f"{number(margin, settings.currency)}."
    )


def _stock(
    axis: Axis, settings: Settings, supply_plan: pd.DataFrame, constrained_total: pd.DataFrame
) -> str:
    """The stock of the supply plan in a year, and how far the hours there are leave it behind."""
    end = supply_plan[supply_plan["period"] == axis.plan[min(YEAR, axis.horizon) - 1]]
    stock, target, owed = (float(end[name].sum()) for name in ("inventory", "target", "backlog"))
    when = month(end["period"].iloc[0]) if len(end) else month(axis.first)
    behind = by_period(constrained_total, "behind", axis.plan)
    at = int(behind.argmax())
    limited = bool(behind[at] >= 1)
    text = (
        f"Inventory by the {'unlimited ' if limited else ''}supply plan reaches "
        f"{number(stock, settings.base_unit)} in {when} against a target of {number(target)}"
    )
    text += f", backlog {number(owed)}" if owed >= 1 else ""
    if not limited:
        return f"{text}; the hours there are make it."
    return (
        f"{text}; by the hours there are up to {number(float(behind[at]))} less "
        f"({month(axis.plan[at])})."
    )


def _finance(axis: Axis, settings: Settings, summary: pd.DataFrame) -> str:
    year = int(axis.calendar.fiscal_year(axis.plan[:1])[0])
    outlook, aop, share = (
        dict(zip(summary["line"], summary[name].astype(float), strict=True))
        for name in ("outlook", "aop", "variance_share")
    )
    revenue, profit = (outlook[line] for line in ("Revenue", "Operating profit"))
    text = f"Revenue of fiscal year {year} is expected at {number(revenue, settings.currency)}"
    if aop["Revenue"] > 0:
        text += f", {_against(share['Revenue'])} the AOP"
    return f"{text}; operating profit {number(profit, settings.currency)}."


def _risks(settings: Settings, risks: pd.DataFrame, exceptions: pd.DataFrame) -> str:
    live = risks[risks["status"] != "closed"]
    if live.empty:
        return f"No risk is registered; {_exceptions(settings, exceptions)}."
    down, up = (live.loc[live["kind"] == kind, "weighted"] for kind in ("risk", "opportunity"))
    verb = "weighs" if len(down) == 1 else "weigh"
    burden = number(float(down.sum()), settings.currency)
    text = f"{count(len(down), 'open risk')} {verb} {burden} on profit"
    if len(up):
        many = "1 opportunity" if len(up) == 1 else f"{len(up)} opportunities"
        text += f", {many} {number(float(up.sum()), settings.currency)}"
    return f"{text}; {_exceptions(settings, exceptions)}."
