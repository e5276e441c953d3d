"""The ``sop-xl`` command itself."""

from __future__ import annotations

import sys

import click

from sop_xl import __version__
from sop_xl.cli.options import EXIT_CODES, Group


@click.group(cls=Group, epilog=EXIT_CODES, context_settings={"max_content_width": 96})
@click.version_option(__version__, prog_name="sop-xl")
def main() -> None:
    """Sales and operations planning that lives in Excel.

    A plan folder holds one company's settings (sop.toml), data and workbooks.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a Windows console may know neither ● nor –
            reconfigure(errors="replace")
