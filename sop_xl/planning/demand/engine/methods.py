"""The methods by name: what each is in plain words, what it serves, and how it is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sop_xl.planning.demand.engine import intermittent, simple, smoothing, winters
from sop_xl.planning.demand.engine.routing import SPORADIC
from sop_xl.planning.frames import Numbers

Run = Callable[[Numbers, int, int], Numbers]
"""history (S, T), horizon, season -> (S, H)"""
REGULAR = ("smooth", "erratic")
SHORT = ("short",)


@dataclass(frozen=True, slots=True)
class Method:
    label: str
    """As the planner reads it."""
    about: str
    serves: tuple[str, ...]
    """Kinds of demand for which it is a member of the combination; none for a method that is
    taken only when it is asked for."""
    run: Run | None = None
    """How it is reckoned alone; None where it comes from the batch of :mod:`members`."""
    simple: bool = False
    """Whether the method ``simple`` may choose it."""


METHODS: dict[str, Method] = {
    "ets": Method(
        "exponential smoothing",
        "Level, damped trend and season, eight forms weighted by how well they fit.",
        REGULAR,
    ),
    "dynamic_theta": Method(
        "dynamic Theta",
        "A smoothed level and half of a straight line that follows the demand.",
        REGULAR,
    ),
    "theta": Method(
        "Theta",
        "A smoothed level and a share of the straight line through the whole history.",
        REGULAR,
    ),
    "ar": Method(
        "autoregression",
        "How the last changes usually went on.",
        REGULAR,
    ),
    "seasonal_ar": Method(
        "seasonal autoregression",
        "How the last changes against last season usually went on.",
        REGULAR,
    ),
    "pooled": Method(
        "pattern of all series",
        "What usually follows such a history, learned from all series together.",
        REGULAR,
    ),
    "group_season": Method(
        "group's season",
        "The own level times the season that the group shares.",
        (*REGULAR, *SHORT),
    ),
    "ses": Method(
        "simple smoothing",
        "A weighted mean in which what is older counts less.",
        SHORT,
        smoothing.ses,
        simple=True,
    ),
    "damped_holt": Method(
        "damped trend",
        "A smoothed level and a trend that fades.",
        (),
        smoothing.damped_holt,
        simple=True,
    ),
    "moving_average": Method(
        "moving average",
        "The mean of the last season.",
        (),
        simple.moving_average,
        simple=True,
    ),
    "tsb": Method(
        "demand probability (TSB)",
        "Size of a demand times its probability, both smoothed; falls while nothing is sold.",
        SPORADIC,
        intermittent.tsb,
        simple=True,
    ),
    "imapa": Method(
        "buckets (IMAPA)",
        "Smoothing of sums over longer and longer buckets.",
        SPORADIC,
        intermittent.imapa,
    ),
    "sba": Method(
        "Croston, corrected (SBA)",
        "Size of a demand by the interval between demands, without Croston's bias.",
        SPORADIC,
        intermittent.sba,
        simple=True,
    ),
    "croston": Method(
        "Croston",
        "Size of a demand by the interval between demands.",
        (),
        intermittent.croston,
    ),
    "naive": Method("last value", "The last observation again.", (), simple.naive, simple=True),
    "seasonal_naive": Method(
        "last year's pattern",
        "The same period of the last season.",
        (),
        simple.seasonal_naive,
        simple=True,
    ),
    "mean": Method("mean", "The mean of all observations.", (), simple.mean),
    "drift": Method(
        "drift", "The line through the first and the last observation.", (), simple.drift
    ),
    "holt": Method("linear trend", "A smoothed level and trend.", (), smoothing.holt),
    "winters": Method(
        "Winters", "Smoothed level, trend and season.", (), winters.winters, simple=True
    ),
    "decomposition": Method(
        "trend and season",
        "A straight line times the mean season.",
        (),
        winters.decomposition,
    ),
}
"""Name -> method. The order is that of the members."""
SIMPLE = tuple(name for name, method in METHODS.items() if method.simple)
"""What the method ``simple`` chooses from."""


def serving(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Members of the combination for kinds of demand."""
    return tuple(name for name, method in METHODS.items() if set(method.serves) & set(kinds))
