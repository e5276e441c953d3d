"""The forecast engine of step 2: all series at once, from history to ranges and reasons.

A forecaster reads it in this order: ``panel`` (how series stand side by side), ``routing`` (what
kind of demand a series is), the families (``ets``, ``theta``, ``autoregression``, ``pooled``,
``simple``, ``smoothing``, ``winters``, ``intermittent``, which share ``recursion``; ``season``
for the seasons of groups), ``members`` and ``origins`` (the backtest), ``combination``,
``ranges``, ``reasons``; ``block`` runs them.
"""

from sop_xl.planning.demand.engine.block import forecast_block
from sop_xl.planning.demand.engine.cumulative import Cumulative, cumulative
from sop_xl.planning.demand.engine.reasons import reasons
from sop_xl.planning.demand.engine.result import Backtest, Forecasts, Options

__all__ = [
    "Backtest",
    "Cumulative",
    "Forecasts",
    "Options",
    "cumulative",
    "forecast_block",
    "reasons",
]
