"""The plan: the steps of a cycle run over what the store holds."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sop_xl import cycle
from sop_xl.actions.plans import OpenPlan, Progress, cycle_of, open_plan
from sop_xl.planning.calendar import Axis, axis_of
from sop_xl.store import Inputs, Store


class Run(NamedTuple):
    """A plan as it was computed, and the inputs that it was computed from."""

    plan: cycle.Plan
    axis: Axis
    inputs: Inputs


def run(
    path: Path, cycle_name: str | None = None, progress: Progress | None = None
) -> Run:
    """Run the steps of a cycle on what the store holds, and keep the versions of the plan."""
    with open_plan(path) as plan:
        name = cycle_of(plan, cycle_name)
        done = run_open(plan, name, progress)
        keep(plan, name, done.plan)
    return done


def run_open(
    plan: OpenPlan, name: str, progress: Progress | None = None, inputs: Inputs | None = None
) -> Run:
    """Run the steps of a cycle.

    Args:
        inputs: What to plan with; what the store holds if not given.
    """
    axis = axis_of(plan.settings, pd.Period(name, "M"))
    held = inputs or plan.store.read(name)
    frames = _with_the_past(plan.store, held, axis.first).frames
    steps = list(cycle.STEPS)

    def tell(step: cycle.Step) -> None:
        if progress:
            progress(steps.index(step), len(steps), step.title)

    made = cycle.run(frames, plan.settings, axis, held.findings, progress=tell)
    return Run(made, axis, held)


def inputs_of_cycle(plan: OpenPlan, name: str, first: pd.Period) -> Inputs:
    """What a cycle is planned with: what the store holds, and what earlier cycles have left."""
    return _with_the_past(plan.store, plan.store.read(name), first)


def _with_the_past(store: Store, held: Inputs, first: pd.Period) -> Inputs:
    frames = dict(held.frames)
    frames["past_plans"] = _own_first(store.past_plans(first), frames["past_plans"])
    frames["past_finance"] = _own_first(store.past_finance(first), frames["past_finance"])
    frames["past_authors"] = store.past_authors(first)
    frames["past_cash"] = store.past_cash(first)
    frames["past_forecasts"] = store.past_forecasts(first)
    return held._replace(frames=frames)


def _own_first(own: pd.DataFrame, loaded: pd.DataFrame) -> pd.DataFrame:
    """Plans of earlier cycles: those made here, and delivered ones of cycles not made here."""
    if own.empty:
        return loaded
    older = loaded[~loaded["cycle"].isin(own["cycle"].unique())]
    return pd.concat([older, own[loaded.columns]], ignore_index=True)


def keep(plan: OpenPlan, name: str, made: cycle.Plan) -> None:
    """Keep the versions of a plan, dated like the inputs they follow from."""
    latest = plan.store.latest_revision(name)
    if latest is not None:
        plan.store.save_plan(name, made.frames, made.findings, latest.author, latest.saved_at)
