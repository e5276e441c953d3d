"""Closing the loop: who changed the forecast, and what it was worth."""

from __future__ import annotations

from sop_xl.schema import DIMENSIONS, Column, Role, Table, Unit

OUTPUT = Role.OUTPUT
PERCENT, QUANTITY, COUNT = Unit.PERCENT, Unit.QUANTITY, Unit.COUNT

LAYER_OF = {
    "sales_adjustment": "sales", "marketing_adjustment": "marketing",
    "finance_adjustment": "finance", "fixed": "consensus",
}  # fmt: skip
"""The layer of the forecast that a row of the demand plan is, by the row's name."""

PAST_AUTHORS = Table(
    "past_authors",
    "Who changed past plans",
    (
        Column("cycle", "Cycle", Unit.PERIOD, Role.KEY, help="Cycle in which it was changed."),
        Column("period", "Month", Unit.PERIOD, Role.KEY, help="Month that was changed."),
        *(DIMENSIONS[name] for name in ("family", "region", "channel")),
        Column("layer", "Layer", role=Role.KEY, help="Sales, marketing, finance or consensus."),
        Column("author", "Author", help="Who typed the number last."),
    ),
    help="Who typed the adjustments of earlier cycles: the store keeps the name of each change.",
)

STEP_OF = {
    "sales": "+ Sales", "marketing": "+ Marketing", "finance": "+ Finance",
    "consensus": "Consensus",
}  # fmt: skip
"""The steps of the forecast in which people type, by their layer."""

CONTRIBUTORS = Table(
    "contributors",
    "Value added by contributor",
    (
        Column("lag", "Cycles ahead", COUNT, Role.KEY, help="Cycles between plan and month."),
        Column("place", "Place", COUNT, Role.KEY, help="1 = added most."),
        Column("who", "Contributor", role=OUTPUT,
               help="Who typed the number; the department where no name was kept."),
        Column("step", "Step", role=OUTPUT, help="The row of the demand plan."),
        Column("changed", "Numbers changed", COUNT, OUTPUT,
               "Blocks and months that the contributor moved."),
        Column("closer", "Came closer", PERCENT, OUTPUT,
               "Share of these that came closer to the demand."),
        Column("added", "Added value", PERCENT, OUTPUT,
               "What the error of all became smaller by: positive makes the forecast better.",
               formula='IF(N({demand})>0,{gained}/{demand},"")'),
        Column("gained", "Error taken away", QUANTITY, OUTPUT,
               "Sum of |forecast before - actual| - |forecast after - actual|."),
        Column("demand", "Demand", QUANTITY, OUTPUT,
               "Quantity ordered in all numbers measured, as for the steps."),
    ),
    help="Who made the forecast better or worse, by name; the values of a step sum to that of the "
         "stair-step.",
    as_issued=True,
)  # fmt: skip

SHOWN = 12
"""Contributors that the sheet Accuracy shows at a lag."""
