"""Figures and months in the sentences that people read."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

# not strftime: the names must not depend on the locale of the machine
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LISTED = 5
"""Names that a sentence gives before it counts the rest."""


def month(period: pd.Period) -> str:
    """
    >>> month(pd.Period("2026-11"))
    'Nov 2026'
    """
    return f"{MONTHS[period.month - 1]} {period.year}"


def months(first: pd.Period, last: pd.Period) -> str:
    """
    >>> months(pd.Period("2026-11"), pd.Period("2027-01"))
    'Nov 2026 to Jan 2027'
    """
    return month(first) if first == last else f"{month(first)} to {month(last)}"


def number(value: float, unit: str = "") -> str:
    """A figure without decimals, never a negative zero.

    >>> number(1234567.8, "EUR"), number(-0.2)
    ('1,234,568 EUR', '0')
    """
    return f"{round(value) + 0:,} {unit}".rstrip()


def percent(value: float, decimals: int = 1) -> str:
    """
    >>> percent(0.0321), percent(0.0321, 0)
    ('3.2 %', '3 %')
    """
    return f"{100 * value:.{decimals}f} %"


def count(many: int, one: str) -> str:
    """A number of things.

    >>> count(1, "month"), count(3, "month")
    ('1 month', '3 months')
    """
    return f"{many:,} {one}" if many == 1 else f"{many:,} {one}s"


def listed(names: Iterable[object]) -> str:
    """The first of some names, and how many more there are.

    >>> listed("ab"), listed("abcdefg")
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    texts = [str(name) for name in names]
    more = f" and {len(texts) - LISTED} more" if len(texts) > LISTED else ""
    return ", ".join(texts[:LISTED]) + more
