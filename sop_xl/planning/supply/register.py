"""The constraint register: what limits the plan, proposed from the gaps, with what people typed.

A gap in hours is one entry, with what it makes late in all families that it concerns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from sop_xl.planning.supply.gap_options import PAYS, Option, Reckoned
from sop_xl.planning.supply.gaps import Loads
from sop_xl.planning.supply.stakes import LEAST_UNITS, Stake
from sop_xl.planning.wording import listed, month, months, number
from sop_xl.schema import empty_frame
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import ACTIVE, CLOSED, CONSTRAINTS, RESOURCE
from sop_xl.tables.supply import SHORT_HOURS

NO_OPTION = "No option is known: add capacity options."
NONE_PAYS = "No option saves more than it costs: see Options."
GONE = "Not found in this plan any more: set it to closed, or keep it in view."


def register(
    plan: Loads, settings: Settings, found: Sequence[Reckoned], typed: pd.DataFrame
) -> pd.DataFrame:
    """The list ``constraints``: the gaps, most money first, then what people still follow.

    Args:
        plan: Loads and values of the plan months.
        settings: Currency, unit, and the return that options have to bring.
        found: The gaps with what is at stake and their options, in order.
        typed: The input table ``constraints``.
    """
    rows = list(_resources(plan, settings, found))
    columns = [c.name for c in CONSTRAINTS.columns]
    limits = pd.DataFrame(rows, columns=columns)
    kept = typed.drop_duplicates("constraint").set_index("constraint")
    following = kept[(kept["status"] != CLOSED) & (kept[["owner", "action"]] != "").any(axis=1)]
    missing = [name for name in following.index if name not in set(limits["constraint"])]
    gone = pd.DataFrame({"constraint": missing, "what": GONE}, columns=columns)
    frame = pd.concat([part for part in (limits, gone) if len(part)] or [limits], ignore_index=True)
    if frame.empty:
        return empty_frame(CONSTRAINTS.columns)
    for name in ("owner", "action", "status", "due"):
        frame[name] = kept[name].reindex(frame["constraint"]).to_numpy()
    frame["status"] = frame["status"].fillna("").replace("", ACTIVE)
    for name in ("start", "end"):
        frame[name] = pd.PeriodIndex(frame[name], freq="M")
    types = {c.name: empty_frame([c]).dtypes.iloc[0] for c in CONSTRAINTS.columns}
    texts = [c.name for c in CONSTRAINTS.columns if types[c.name] == "str"]
    frame[texts] = frame[texts].fillna("")
    return frame[columns].astype(types)


def _resources(
    plan: Loads, settings: Settings, found: Sequence[Reckoned]
) -> Iterator[dict[str, object]]:
    """One row for each gap in hours."""
    for gap, stake, options in found:
        name, short = plan.resources[gap.resource], float(gap.short.sum())
        first, last = plan.axis.plan[gap.first], plan.axis.plan[gap.last]
        lacks = f"{name} lacks {number(short)} h in {months(first, last)}"
        yield {
            "constraint": f"Hours short: {name} from {month(first)}",
            "kind": RESOURCE,
            "subject": name,
            "what": f"{lacks}: {what_it_does(stake, settings)}.",
            "start": first,
            "end": last,
            "size": short,
            "size_unit": "h",
            "units": stake.units,
            "revenue": stake.revenue,
            "margin": stake.margin,
            "proposal": _proposal(options, settings),
        }


def what_it_does(stake: Stake, settings: Settings) -> str:
    """What a gap makes late, and what is never delivered.

    Args:
        stake: What is at stake.
        settings: The unit of quantities.
    """
    if stake.is_covered:
        return (
            "it alone makes nothing late: stock covers it, or a tighter gap of the same families"
            " answers"
        )
    unit = settings.base_unit
    lost = "all of them later"
    if stake.lost >= 1:
        all_of_it = stake.lost >= stake.units - LEAST_UNITS
        which = "none of them later" if all_of_it else f"{number(stake.lost)} of them not later"
        lost = f"{which} in the plan months"
    late = f"{number(stake.units, unit)} of {listed(stake.families)}"
    return f"{late} cannot be delivered when they are asked for, {lost}"


def _proposal(options: Sequence[Option], settings: Settings) -> str:
    """The first option that pays, else why there is none."""
    if not options:
        return NO_OPTION
    paying = (one for one in options if one.returns(settings.required_return) == PAYS)
    best = next(paying, None)
    return NONE_PAYS if best is None else in_words(best, settings)


def in_words(option: Option, settings: Settings) -> str:
    """An option with hours, cost and margin saved.

    Args:
        option: The option.
        settings: The currency.
    """
    covered, short = float(option.covers.sum()), float(option.gap.short.sum())
    saved = f"saves {number(option.gain, settings.currency)} of margin"
    if covered <= 0:
        return f"{option.name}: {saved}"
    share = "all" if covered >= short - SHORT_HOURS else f"{number(covered)} of {number(short)} h"
    cost = f"for {number(option.cost, settings.currency)}" if option.cost > 0 else "at no cost"
    told = f"{option.name}: covers {share} {cost}"
    return f"{told}, {saved}" if option.gain > 0 else told
