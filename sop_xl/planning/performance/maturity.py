"""How mature the planning process is: four dimensions, five stages."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

STAGES = ("ad hoc", "basic", "standard", "advanced", "best-in-class")
"""Stages 1 to 5."""
Rule: TypeAlias = Literal["mean", "weakest"]
Shown: TypeAlias = Literal["score", "level", "stage"]


def maturity(
    stages: npt.ArrayLike, rule: Rule = "mean", show: Shown = "score"
) -> float | str:
    """Maturity of the process from the stages of its dimensions (process, people, technology,
    metrics), each 1 to 5: the mean as score, the level it has reached in full, or the name of that
    stage.

    Args:
        stages: 1 ad hoc, 2 basic, 3 standard, 4 advanced, 5 best-in-class; a blank is left out.
        rule: The level is the mean rounded down, or the stage of the weakest dimension.
        show: What the cell shows.

    >>> maturity([3, 4, 2, 4]), maturity([3, 4, 2, 4], "weakest", "stage")
    (3.25, 'basic')
    """
    answers = np.asarray(stages, dtype=float).ravel()
    known = answers[~np.isnan(answers)]
    if not len(known):
        return np.nan
    score = float(known.mean())
    if show == "score":
        return score
    level = int(np.floor(score if rule == "mean" else known.min()))
    return STAGES[level - 1] if show == "stage" else float(level)
