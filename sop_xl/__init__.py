"""Sales and operations planning that lives in Excel."""

__version__ = "0.1.0"
