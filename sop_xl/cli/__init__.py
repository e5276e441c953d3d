"""The ``sop-xl`` command: parse, call one action, print, set the exit code."""

from sop_xl.cli import office, plans
from sop_xl.cli.group import main
from sop_xl.cli.options import DONE, FINDINGS, IMPOSSIBLE, STOPPED
from sop_xl.cli.printing import LISTED

__all__ = ["DONE", "FINDINGS", "IMPOSSIBLE", "LISTED", "STOPPED", "main", "office", "plans"]
