"""The sheet Workforce of a company without teams."""

import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.tables.data import WORKFORCE
from sop_xl.tables.people import WORKFORCE_PLAN
from tests.planning.rows import rows


def nobody(when: Axis) -> pd.DataFrame:
    teams = rows(WORKFORCE.columns)[["team", "resource"]]
    return hierarchy.level_grid(WORKFORCE_PLAN, teams, when, {})
