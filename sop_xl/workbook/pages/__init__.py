"""The sheets that are no plain list or grid: Home, control sheets, scorecard and the deck."""
