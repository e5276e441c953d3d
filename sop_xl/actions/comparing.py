"""The button Scenarios: what each scenario would do to the money of the plan."""

from __future__ import annotations

from sop_xl.actions.pressing import Refreshed
from sop_xl.planning.wording import number


def scenario_lines(done: Refreshed) -> list[str]:
    """Each scenario with its effect on revenue, margin and operating profit, and what makes it."""
    lines = []
    for row in done.made.frames["scenarios"].to_dict("records"):
        parts = (
            ("shipments and mix", row["volume_part"]),
            ("price", row["price_part"]),
            ("unit cost", row["cost_part"]),
        )
        why = ", ".join(f"{word} {number(amount)}" for word, amount in parts if abs(amount) >= 1)
        lines.append(
            f"{row['scenario']}: revenue {_signed(row['revenue_effect'])}, margin"
            f" {_signed(row['margin_effect'])} ({why or 'nothing'}), operating profit"
            f" {_signed(row['profit_effect'])}"
        )
    return lines or ["No scenario is known: fill in the drivers on the sheet Scenarios."]


def _signed(amount: float) -> str:
    return f"{'+' if amount > 0 else ''}{number(amount)}"
