"""The bill of resources as arrays, and the one function that turns output into hours of load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.frames import Numbers, positions, zero


def later(amounts: Numbers, months: int) -> Numbers:
    """What is due so many months later, in each month; nothing after the last one.

    >>> later(np.array([[1.0, 2.0, 3.0]]), 1).tolist()
    [[2.0, 3.0, 0.0]]
    """
    moved = np.zeros_like(amounts)
    if months < amounts.shape[1]:
        moved[:, : amounts.shape[1] - months] = amounts[:, months:]
    return moved


class ResourceBill(NamedTuple):
    """Hours of one unit of each family at each resource, by when they are worked."""

    offsets: tuple[int, ...]
    """Months before the month of completion, rising; 0 is always the first."""
    hours: Numbers
    """Offsets, then families, then resources."""

    @classmethod
    def of(cls, total: Numbers, before: Mapping[int, Numbers]) -> ResourceBill:
        """From all hours and the part of them that is worked before the month of completion.

        Args:
            total: Families down, resources across.
            before: By how many months, likewise.
        """
        offsets = sorted(before)
        parts = [before[offset] for offset in offsets]
        # without noise: what needs no hours in the month of completion must not load it
        same = np.round(total - sum(parts, start=np.zeros_like(total)), 12) if parts else total
        return cls((0, *offsets), np.array([same, *parts]))

    @property
    def total(self) -> Numbers:
        """Hours of one unit, families down, resources across."""
        return np.asarray(self.hours.sum(axis=0))

    @property
    def flat(self) -> Numbers:
        """Families down, across the resources of the first offset, of the next one, and so on."""
        return np.hstack(list(self.hours))

    @property
    def before(self) -> dict[int, Numbers]:
        """The hours that are worked before the month of completion, by how many months."""
        return dict(zip(self.offsets[1:], self.hours[1:], strict=True))

    @property
    def first_periods(self) -> npt.NDArray[np.int64]:
        """Of each family the first period of which all work falls into the plan, 0 for the first.

        >>> ResourceBill((0, 2), np.array([[[1.0], [1.0]], [[0.0], [3.0]]])).first_periods.tolist()
        [0, 2]
        """
        needed = (self.hours > 0).any(axis=2)
        months = np.array(self.offsets, dtype=np.int64)[:, np.newaxis]
        return np.asarray(np.where(needed, months, 0).max(axis=0), dtype=np.int64)

    def keys(self, families: Sequence[str]) -> pd.DataFrame:
        """The blocks of a grid of output by the month of the work: ``family, offset``."""
        return pd.DataFrame(
            {
                "family": pd.Series(list(families) * len(self.offsets), dtype="str"),
                "offset": np.repeat(np.array(self.offsets, dtype=float), len(families)),
            }
        )

    def load(self, production: Numbers) -> Numbers:
        """Hours of each resource: ``L_wt = sum over f, o of P_f(t+o) x h_fwo``.

        What is completed after the last period loads nothing. Source: Vollmann, Berry and Whybark,
        Manufacturing Planning and Control Systems, capacity planning (bill of capacity; with
        offsets, resource profile).

        Args:
            production: Units by month of completion, families down, periods across.

        >>> hours = np.array([[[0.5]], [[2.0]]])
        >>> ResourceBill((0, 1), hours).load(np.array([[10.0, 20.0]])).tolist()
        [[45.0, 10.0]]
        """
        load = np.zeros((self.hours.shape[2], production.shape[1]))
        for offset, hours in zip(self.offsets, self.hours, strict=True):
            load += hours.T @ later(production, offset)
        return load

    def worked(self, production: Numbers, resource: int) -> Numbers:
        """Units of each family by the month in which a resource works on them.

        Args:
            production: Units by month of completion.
            resource: Its number; a unit that it works on in several months is shared by the hours.
        """
        every = self.hours[:, :, resource].sum(axis=0)
        share = self.hours[:, :, resource] / np.where(every > 0, every, 1.0)
        return np.asarray(sum(
            part[:, np.newaxis] * later(production, offset)
            for offset, part in zip(self.offsets, share, strict=True)
        ))  # fmt: skip

    def completed(self, amounts: Numbers, resource: int) -> Numbers:
        """What belongs to the month in which a resource works, in the month of completion.

        Args:
            amounts: Families down, months of the work across.
            resource: Its number; of a unit that it works on in several months, the month of most
                of the hours counts.

        >>> late = ResourceBill((0, 1), np.array([[[0.5]], [[2.0]]]))
        >>> late.completed(np.array([[10.0, 20.0, 30.0]]), 0).tolist()
        [[0.0, 10.0, 20.0]]
        """
        offsets = np.array(self.offsets)[self.hours[:, :, resource].argmax(axis=0)]
        at = np.arange(amounts.shape[1]) - offsets[:, np.newaxis]
        return np.where(at >= 0, np.take_along_axis(amounts, np.maximum(at, 0), axis=1), 0.0)

    def reaching(self, amounts: Numbers, resource: int) -> Numbers:
        """What concerns the months in which a resource works, by the months of completion that it
        reaches: the largest where a unit is worked on in several months.

        Args:
            amounts: Not negative; months of the work.
            resource: Its number.

        >>> late = ResourceBill((0, 1), np.array([[[0.5]], [[2.0]]]))
        >>> late.reaching(np.array([0.0, 0.0, 0.3]), 0).tolist()
        [[0.0, 0.0, 0.3]]
        """
        reached = np.zeros((self.hours.shape[1], len(amounts)))
        for offset, hours in zip(self.offsets, self.hours[:, :, resource], strict=True):
            moved = np.zeros_like(amounts)
            moved[offset:] = amounts[: max(0, len(amounts) - offset)]
            reached = np.maximum(reached, np.where(hours[:, np.newaxis] > 0, moved, 0.0))
        return reached

    def only(self, families: npt.NDArray[np.intp], resource: int) -> ResourceBill:
        """The hours of some families at one resource."""
        return ResourceBill(self.offsets, self.hours[:, families, resource : resource + 1])


def resource_bill(
    bill: pd.DataFrame, families: Sequence[str], resources: Sequence[str]
) -> ResourceBill:
    """The list ``bill`` as arrays; families and resources that are not named are left out."""
    row, column = positions(bill["family"], families), positions(bill["resource"], resources)
    known = (row >= 0) & (column >= 0)
    months = zero(bill["offset"].to_numpy(dtype=float)).astype(np.int64)
    offsets = np.unique(np.append(months[known], 0))
    hours = np.zeros((len(offsets), len(families), len(resources)))
    at = np.searchsorted(offsets, months[known])
    numbers = zero(bill["hours_per_unit"].to_numpy(dtype=float))
    np.add.at(hours, (at, row[known], column[known]), numbers[known])
    return ResourceBill(tuple(offsets.tolist()), hours)
