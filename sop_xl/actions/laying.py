"""Inputs of the plan with other contents in some of their cells."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def laid_over(held: pd.DataFrame, cells: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """The inputs with what ``cells`` says, blank where it is blank; all other cells stay.

    Rows that the inputs do not have come after theirs, blank where nothing is said of them: texts
    are empty then, as no reader of inputs knows a text that is missing.

    Args:
        held: The inputs as they are, one row for each key.
        cells: Key columns, and the columns that get other contents.
        keys: The key columns.

    >>> held = pd.DataFrame({"family": ["A", "B"], "fixed": [1.0, 2.0], "why": ["x", "y"]})
    >>> other = pd.DataFrame({"family": ["B", "C"], "fixed": [5.0, 6.0]})
    >>> laid_over(held, other, ["family"])["why"].tolist()
    ['x', 'y', '']
    """
    if cells.empty:
        return held
    new, frame = cells.set_index(list(keys)), held.set_index(list(keys))
    missing = frame.reindex(new.index.difference(frame.index))
    frame = pd.concat([frame, missing]) if len(missing) else frame
    frame.loc[new.index, list(new.columns)] = new
    texts = [name for name in frame.columns if held[name].dtype == "str"]
    frame[texts] = frame[texts].fillna("")
    return frame.reset_index()[list(held.columns)]
