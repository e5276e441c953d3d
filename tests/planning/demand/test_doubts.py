"""Forecasts that the backtest speaks against."""

import numpy as np
import pytest

from sop_xl.planning.demand.doubts import Doubt, doubts, findings, table
from sop_xl.planning.demand.engine import forecast_block
from sop_xl.schema import Finding, Severity

NONE = forecast_block(np.full((1, 30), 5.0), 12)
"""Any forecast; its errors are replaced."""


def of(error: float, last_year: float, pin: str = "", weights: float | None = None) -> list[Doubt]:
    found = NONE._replace(error=np.array([error]), reference=np.array([last_year]))
    return doubts(found, [pin], None if weights is None else np.array([weights]))


@pytest.mark.parametrize(
    ("error", "last_year"),
    [(0.20, 0.20), (0.21, 0.20), (0.015, 0.010), (0.20, np.nan), (np.nan, 0.1)],
)
def test_what_is_alike_or_not_tested_is_no_doubt(error: float, last_year: float) -> None:
    assert of(error, last_year) == []


def test_a_forecast_that_last_year_would_have_beaten() -> None:
    (doubt,) = of(0.30, 0.20)

    assert doubt.words == "clearly worse than last year's pattern (20.0 %)"
    assert [str(f.message) for f in findings([doubt], ["Pumps"])] == [
        "Last year's pattern was clearly better in the backtest: Pumps."
    ]


def test_a_choice_is_held_against_the_weights_too() -> None:
    (doubt,) = of(0.30, 0.25, "holt", weights=0.12)

    assert [f.message for f in findings([doubt], ["Pumps"])] == [
        "Pumps: the chosen method, linear trend, was clearly worse in the backtest than the weights"
        " of all methods, 30.0 % against 12.0 %."
    ]


def test_at_stake_is_the_error_more_over_a_year() -> None:
    """18 points of twelve months of 5 units: 0.18 x 60 = 10.8."""
    wrong = Finding("launches", "Launch of C: it is lost.", "Mend it.", Severity.WARNING)
    frame = table(of(0.30, 0.25, "holt", weights=0.12), [wrong], ["Pumps"], ["P"], NONE.mean)

    assert frame["exception"].tolist() == [
        "Chosen method did worse: Pumps", "Launch of C: it is lost",
    ]  # fmt: skip
    assert frame["units"].iloc[0] == pytest.approx(10.8)
    assert frame["sheet"].tolist() == ["Forecast", "Launches"]
