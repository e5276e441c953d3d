"""Exceptions: what needs a person, most money first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.schema import empty_frame
from sop_xl.tables.review import DONE, EXCEPTIONS

SHOWN = 50
"""More rows than this nobody works through in a month."""


class Issue(NamedTuple):
    """One exception, still without rank."""

    exception: str
    """What, where and when: the key by which status and comment are kept."""
    area: str
    subject: str
    period: pd.Period | None
    message: str
    size: float
    size_unit: str
    value: float
    """Money at stake; NaN where nobody can say."""
    option: str
    sheet: str


class Run(NamedTuple):
    """Consecutive periods, as positions in the plan."""

    first: int
    last: int

    @property
    def part(self) -> slice:
        return slice(self.first, self.last + 1)


def runs(flags: npt.NDArray[np.bool_]) -> Iterator[Run]:
    """The runs of consecutive true flags.

    >>> list(runs(np.array([True, False, True, True])))
    [Run(first=0, last=0), Run(first=2, last=3)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    for first, after in edges.reshape(-1, 2).tolist():
        yield Run(first, after - 1)


def ranked(issues: Iterable[Issue], typed: pd.DataFrame) -> pd.DataFrame:
    """The table ``exceptions``: most money first, what is done last, with what people typed.

    Args:
        issues: What was found; among those that are not done, issues without a value come last.
        typed: The input table ``exceptions``.
    """
    found = pd.DataFrame(list(issues), columns=Issue._fields)
    if found.empty:
        return empty_frame(EXCEPTIONS.columns)
    kept = typed.set_index("exception")
    for name in ("status", "comment"):
        found[name] = kept[name].reindex(found["exception"]).fillna("").to_numpy()
    found["status"] = found["status"].replace("", "open")
    found["done"] = found["status"] == DONE
    # of what is worth the same the larger comes first, as in the register of constraints
    found["extent"] = found["size"].abs()
    found = found.sort_values(
        ["done", "value", "extent", "exception"],
        ascending=[True, False, False, True],
        na_position="last",
        ignore_index=True,
    ).head(SHOWN)
    found["rank"] = np.arange(1.0, len(found) + 1)
    found["period"] = pd.PeriodIndex(found["period"], freq="M")
    types = {column.name: empty_frame([column]).dtypes.iloc[0] for column in EXCEPTIONS.columns}
    return found[EXCEPTIONS.names].astype(types)
