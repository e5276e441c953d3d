"""Sales and operations planning that lives in Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sop_xl.planning.demand.long_frames import backtest, forecast

__version__ = "0.1.0"
__all__ = ["__version__", "backtest", "forecast"]


def __getattr__(name: str) -> object:
    # imported when asked for: the package itself stays as quick as its version number
    if name in ("forecast", "backtest"):
        from sop_xl.planning.demand import long_frames

        return getattr(long_frames, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
