"""The constraint register: what limits the plan, proposed from the gaps, with what people typed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.supply.constrained import short_by_family
from sop_xl.planning.supply.gap_options import Option
from sop_xl.planning.supply.gaps import Loads, gaps_of
from sop_xl.planning.wording import month, months, number
from sop_xl.schema import empty_frame
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import ACTIVE, CLOSED, CONSTRAINTS

LEAST_UNITS = 0.5
"""Units that are rounding."""
NO_OPTION = "No option is known: add capacity options."
GONE = "Not found in this plan any more: set it to closed, or keep it in view."


def register(
    axis: Axis,
    settings: Settings,
    plan: Loads,
    options: list[list[Option]],
    constrained: pd.DataFrame,
    typed: pd.DataFrame,
) -> pd.DataFrame:
    """The list ``constraints``: resources, then families, then what people still follow."""
    rows = [*_resources(plan, settings, options), *_families(axis, settings, constrained)]
    columns = [c.name for c in CONSTRAINTS.columns]
    found = pd.DataFrame(rows, columns=columns)
    found = found.sort_values("margin", ascending=False, kind="stable", ignore_index=True)
    kept = typed.drop_duplicates("constraint").set_index("constraint")
    following = kept[(kept["status"] != CLOSED) & (kept[["owner", "action"]] != "").any(axis=1)]
    missing = [name for name in following.index if name not in set(found["constraint"])]
    gone = pd.DataFrame({"constraint": missing, "what": GONE}, columns=columns)
    frame = pd.concat([part for part in (found, gone) if len(part)] or [found], ignore_index=True)
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
    plan: Loads, settings: Settings, options: list[list[Option]]
) -> Iterator[dict[str, object]]:
    """One row for each gap in hours."""
    for gap, found in zip(gaps_of(plan), options, strict=True):
        name, short = plan.resources[gap.resource], float(gap.short.sum())
        first, last = plan.axis.plan[gap.first], plan.axis.plan[gap.last]
        worth = np.maximum(plan.worth(gap.resource).margin, 0.0)
        best = next(iter(found), None)
        proposal = NO_OPTION if best is None else in_words(best, settings) if best.net > 0 else ""
        yield {
            "constraint": f"Hours short: {name} from {month(first)}",
            "kind": "resource",
            "subject": name,
            "what": f"{name} lacks {number(short)} h in {months(first, last)}.",
            "start": first,
            "end": last,
            "size": short,
            "size_unit": "h",
            "margin": float(gap.short @ worth),
            "proposal": proposal,
        }


def in_words(option: Option, settings: Settings) -> str:
    """An option with hours, cost and margin saved.

    Args:
        option: The option.
        settings: The currency.
    """
    covered, short = float(option.covers.sum()), float(option.gap.short.sum())
    saved = f"output with {number(option.gain, settings.currency)} of margin"
    if covered <= 0:
        return f"{option.name}: saves {number(option.gain, settings.currency)} of margin"
    share = "all" if covered >= short - 0.5 else f"{number(covered)} of {number(short)} h"
    return f"{option.name}: covers {share} for {number(option.cost, settings.currency)}, {saved}"


def _families(
    axis: Axis, settings: Settings, constrained: pd.DataFrame
) -> Iterator[dict[str, object]]:
    """One row for each family of which less can be sold than is asked for."""
    names, units, margin = short_by_family(constrained, axis)
    for at, name in enumerate(names):
        short = np.minimum(units[at], 0.0)
        when = np.flatnonzero(short < -LEAST_UNITS)
        if not len(when):
            continue
        first, last = axis.plan[when[0]], axis.plan[when[-1]]
        late = float(np.maximum(units[at], 0.0).sum())
        size = float(-short.sum())
        unit = settings.base_unit
        made_good = (
            f"{number(late, unit)} of it delivered later" if late >= 1 else "none of it later"
        )
        yield {
            "constraint": f"Sales short: {name}",
            "kind": "family",
            "subject": name,
            "what": f"{number(size, unit)} of {name} cannot be sold when they are asked for, in"
            f" {months(first, last)}; {made_good}.",
            "start": first,
            "end": last,
            "size": size,
            "size_unit": unit,
            "margin": float(-np.minimum(margin[at], 0.0).sum()),
            "proposal": "Choose options for the resources that are short (sheet Options).",
        }
