"""A KPI of a pack, before it becomes a row of the table."""

from __future__ import annotations

from typing import NamedTuple

from sop_xl.planning.frames import Numbers
from sop_xl.schema import Unit


class Figure(NamedTuple):
    """A KPI of a pack: part and whole of each past month."""

    pack: str
    kpi: str
    unit: Unit
    scor: str
    definition: str
    source: str
    part: Numbers
    whole: Numbers
