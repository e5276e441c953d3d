"""Step 2, the hierarchy: forecasts of items, families and the company that agree with each other.

``structure`` says which leaves belong to which sums, ``methods`` makes the forecasts of all of
them agree, ``mint`` does so with the errors of all of them in view, ``ranges`` gives the ranges of
sums from those of the leaves and the errors they share, and ``rounding`` gives whole units. Pure:
arrays in, arrays out; the largest matrix is that of the sums, and it is sparse.
"""

from sop_xl.planning.demand.coherence.intervals import Ends, sum_ranges
from sop_xl.planning.demand.coherence.methods import (
    bottom_up,
    middle_out,
    ols,
    top_down,
    wls,
    wls_structural,
    wls_variance,
)
from sop_xl.planning.demand.coherence.mint import mint
from sop_xl.planning.demand.coherence.rounding import never_negative, whole_units
from sop_xl.planning.demand.coherence.structure import Structure, structure

__all__ = [
    "Ends",
    "Structure",
    "bottom_up",
    "middle_out",
    "mint",
    "never_negative",
    "ols",
    "structure",
    "sum_ranges",
    "top_down",
    "whole_units",
    "wls",
    "wls_structural",
    "wls_variance",
]
