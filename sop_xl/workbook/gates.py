"""The gates of the cycle as defined names, so that the ribbon can ask for them without Python."""

from __future__ import annotations

from typing import Any

import pandas as pd
from openpyxl.workbook.defined_name import DefinedName

from sop_xl.cycle import GATES, steps_that_close
from sop_xl.tables.executive import CYCLE_CALENDAR, DONE
from sop_xl.workbook.formulas import excel_text, structured


def gate_name(gate: str) -> str:
    """The defined name of a gate: TRUE while its buttons can be pressed."""
    return f"Gate_{gate}"


def name_gates(workbook: Any, calendar: pd.DataFrame) -> None:
    """Define every gate over the statuses that stand on the sheet Cycle_Calendar.

    Args:
        workbook: The openpyxl skeleton.
        calendar: The frame of the cycle calendar: its rows, in their order.
    """
    step, status = (
        structured(CYCLE_CALENDAR, CYCLE_CALENDAR[name]) for name in ("step", "status")
    )
    for gate in GATES:
        if gate == "signed":
            formula = f'COUNTIF({status},"{DONE}")>0'
        else:
            # by the name of the step: people sort the list
            closing = steps_that_close(gate, calendar["step"])
            tests = [f"COUNTIFS({step},{excel_text(one)},{status},\"{DONE}\")" for one in closing]
            formula = f"{'+'.join(tests)}=0" if tests else "TRUE"
        name = gate_name(gate)
        workbook.defined_names[name] = DefinedName(name, attr_text=formula)
