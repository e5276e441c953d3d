"""Whose labour cost is known, so that the pay of a team can be held against it (step 3).

Asked of each family and each resource, not of the company: a family without labour in its standard
cost absorbs nothing that anybody knows of, so pay for its hours is not unabsorbed labour either.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.resource_bill import ResourceBill
from sop_xl.planning.wording import listed, number
from sop_xl.schema import Finding, Severity

NOISE = 0.5
"""Hours that are rounding."""


def staffed_hours(hours_per_unit: Numbers, rates: pd.DataFrame) -> Numbers:
    """Hours of a unit that people work, whether or not their pay is known, by family.

    Args:
        hours_per_unit: Families down, resources across.
        rates: The list ``resource_rates``, one row for each resource.
    """
    return np.asarray(hours_per_unit @ (rates["people"].to_numpy(dtype=float) > 0))


def paid_share(hours_per_unit: Numbers, rates: pd.DataFrame) -> Numbers:
    """Which part of the hours of a family that people work is worked by people whose pay is known;
    0 where nobody works on it.

    Args:
        hours_per_unit: Families down, resources across.
        rates: The list ``resource_rates``, one row for each resource.

    >>> rates = pd.DataFrame({"people": [3.0, 2.0, 0.0], "wage": [4000.0, 0.0, 0.0]})
    >>> paid_share(np.array([[1.0, 3.0, 5.0], [0.0, 0.0, 2.0]]), rates).tolist()
    [0.25, 0.0]
    """
    staffed = staffed_hours(hours_per_unit, rates)
    paid = hours_per_unit @ (rates["wage"].to_numpy(dtype=float) > 0)
    return np.asarray(paid / np.where(staffed > 0, staffed, 1.0))


def of_missing_hours(
    labour_per_hour: Numbers, wage: Numbers, bill: ResourceBill, production: Numbers,
    hours: Numbers, missing: Numbers,
) -> Numbers:  # fmt: skip
    """The labour in the standard cost of units that the hours nobody offers would make, by month.

    At each resource with known pay the labour of its hours x missing hours / hours. Nobody works
    these hours and nobody is paid for them, so they absorb no pay of others either.

    Args:
        labour_per_hour: Money for an hour that people work, by family.
        wage: Pay per person, by resource.
        bill: Hours of one unit.
        production: Units, families down, months across.
        hours: Hours that the plan takes, resources down, months across.
        missing: Those of them that nobody offers.

    >>> bill = ResourceBill((0,), np.array([[[2.0]]]))
    >>> of_missing_hours(np.array([20.0]), np.array([3000.0]), bill, np.array([[100.0, 150.0]]),
    ...                  np.array([[200.0, 300.0]]), np.array([[0.0, 60.0]])).tolist()
    [0.0, 1200.0]
    """
    part = missing / np.where(hours > 0, hours, 1.0)
    labour = np.zeros(production.shape[1])
    for at in np.flatnonzero(wage > 0).tolist():
        rate = labour_per_hour * bill.total[:, at]
        labour += rate @ bill.worked(production, at) * part[at]
    return labour


def known_share(hours_per_unit: Numbers, production: Numbers, absorbs: Numbers) -> Numbers:
    """Which part of the hours of each resource goes to families that absorb labour.

    Idle time goes with the hours that are worked; where none are, it is unabsorbed, unless no
    family absorbs labour at all.

    Args:
        hours_per_unit: Families down, resources across.
        production: Units of the plan in the book, families down, plan periods across.
        absorbs: Labour that a unit absorbs, by family.
    """
    hours = hours_per_unit * production.sum(axis=1)[:, np.newaxis]
    every = hours.sum(axis=0)
    known = hours[absorbs > 0].sum(axis=0)
    idle = float(bool((absorbs > 0).any()))
    return np.where(every > 0, known / np.where(every > 0, every, 1.0), idle)


def findings(
    hours_per_unit: Numbers, production: Numbers, units: pd.DataFrame, rates: pd.DataFrame
) -> Iterator[Finding]:
    """Families that people work on without labour in their standard cost, beside others that have
    it.

    Args:
        hours_per_unit: Families down, resources across.
        production: Units of the plan in the book, families down, plan periods across.
        units: The list ``family_rates``.
        rates: The list ``resource_rates``.
    """
    absorbs = zero(units["absorbs"].to_numpy(dtype=float))
    paid = hours_per_unit @ (rates["wage"].to_numpy(dtype=float) > 0)
    hours = paid * production.sum(axis=1)
    silent = (absorbs <= 0) & (hours > NOISE)
    if not silent.any() or not (absorbs > 0).any():
        return
    yield Finding(
        "items",
        f"No labour in the standard cost of {listed(units.loc[silent, 'family'])}: the pay for"
        f" {number(float(hours[silent].sum()))} h of theirs is held against no standard cost, and"
        " counts as standard.",
        "Fill in the labour cost of their items.",
        Severity.WARNING,
    )
