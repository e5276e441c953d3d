"""What commands share: exit codes, options, and the group that answers what the machine refuses."""

from __future__ import annotations

import datetime as dt
import errno
import re
from pathlib import Path
from typing import Any

import click

from sop_xl.actions import login
from sop_xl.cli.printing import print_error, print_json
from sop_xl.errors import SopError

DONE, FINDINGS, IMPOSSIBLE, STOPPED = 0, 1, 3, 130
"""Exit codes; click itself answers wrong usage with 2."""
EXIT_CODES = (
    "Exit codes: 0 done, 1 findings to look at, 2 wrong usage, 3 impossible (nothing changed)."
)
JSON = "sop_xl.json"
"""Where the context of click keeps whether a script is listening."""



def _remember_json(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.meta[JSON] = value
    return value


class CycleName(click.ParamType[str]):
    """A cycle, named by its first plan month."""

    name = "cycle"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        if not re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", str(value)):
            self.fail(f"{value} is no cycle; it is named by its first plan month, such as"
                      " 2026-10.", param, ctx)
        return str(value)


PLAN = click.argument("plan", type=click.Path(path_type=Path), default=".")
CYCLE = click.option("--cycle", type=CycleName(), metavar="YYYY-MM",
                     help="The cycle: its first plan month.")
AS_JSON = click.option("--json", "as_json", is_flag=True, is_eager=True, callback=_remember_json,
                       help="Print JSON for a script.")


AUTHOR = click.option("--author", default=login, show_default="your login name",
                      help="Who did it, for the record.")
ALL = click.option("--all", "show_all", is_flag=True, help="Print every finding.")


class Moment(click.ParamType[dt.datetime]):
    """A point in time in ISO form; UTC where it names no zone."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = dt.datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-10-05T09:00", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


NOW = click.option(
    "--now", type=Moment(), envvar="SOP_NOW", default=lambda: dt.datetime.now(dt.UTC),
    show_default="the clock", help="When it happened, for the record (also SOP_NOW).",
)


class Group(click.Group):
    """Turns what the machine refuses into one readable message."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SopError as error:
            refuse(ctx, error.message, error.remedy, IMPOSSIBLE)
        except KeyboardInterrupt:
            refuse(ctx, "stopped.", "The store and earlier workbooks are as they were.", STOPPED)
        except OSError as error:
            if _nobody_reads(error):
                raise BrokenPipeError(errno.EPIPE, "nobody reads on") from None
            reason = error.strerror or str(error)
            place = f" ({error.filename})" if error.filename else ""
            refuse(ctx, f"the system refused: {reason}{place}. Nothing was changed.",
                    "Mend it and try again.", IMPOSSIBLE)


def _nobody_reads(error: OSError) -> bool:
    """Whether who reads our output has read enough, as ``head`` has: click ends quietly then."""
    # Windows has no word of its own for it
    return error.errno == errno.EPIPE or (error.errno == errno.EINVAL and not error.filename)


def refuse(ctx: click.Context, message: str, remedy: str, code: int) -> None:
    if ctx.meta.get(JSON):
        print_json({"error": message, "remedy": remedy})
    else:
        print_error(SopError(message, remedy))
    ctx.exit(code)
