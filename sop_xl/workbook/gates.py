"""The gates of the cycle as defined names, so that the ribbon can ask for them without Python."""

from __future__ import annotations

from typing import Any

import pandas as pd
from openpyxl.workbook.defined_name import DefinedName

from sop_xl.cycle import GATES, steps_that_close
from sop_xl.tables.executive import CYCLE_CALENDAR, DONE
from sop_xl.workbook.formulas import structured


def gate_name(gate: str) -> str:
    """The defined name of a gate: TRUE while its buttons can be pressed."""
    return f"Gate_{gate}"


def name_gates(workbook: Any, calendar: pd.DataFrame) -> None:
    """Define every gate over the statuses that stand on the sheet Cycle_Calendar.

    Args:
        workbook: The openpyxl skeleton.
        calendar: The frame of the cycle calendar: its rows, in their order.
    """
    status = structured(CYCLE_CALENDAR, CYCLE_CALENDAR["status"])
    rows = {step: at for at, step in enumerate(calendar["step"], start=1)}
    for gate in GATES:
        if gate == "signed":
            formula = f'COUNTIF({status},"{DONE}")>0'
        else:
            closing = [rows[step] for step in steps_that_close(gate, calendar["step"])]
            tests = [f'INDEX({status},{row})="{DONE}"' for row in closing]
            formula = f"NOT(OR({','.join(tests)}))" if tests else "TRUE"
        name = gate_name(gate)
        workbook.defined_names[name] = DefinedName(name, attr_text=formula)
