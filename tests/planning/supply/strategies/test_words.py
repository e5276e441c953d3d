"""What there is to say about the plans."""

import pandas as pd

from sop_xl.planning.supply.strategies.words import cost_after


def test_a_cost_names_the_hours_that_it_leaves_out() -> None:
    before = pd.DataFrame({
        "strategy": ["current", "current", "chase"], "total": [1000.0, 500.0, 900.0],
        "missing_hours": [30.0, 12.0, 0.0],
    })  # fmt: skip
    after = before.assign(missing_hours=[0.0, 0.4, 0.0], total=[1200.0, 450.0, 900.0])
    assert cost_after(before, after, "EUR") == (
        "It costs 1,650 EUR; the plan in the book before cost 1,500 EUR without 42 h that nobody "
        "offers."
    )
