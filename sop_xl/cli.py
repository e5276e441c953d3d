"""The ``sop-xl`` command: parse, call one action, print, set the exit code."""

from __future__ import annotations

import datetime as dt
import errno
import getpass
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import click

from sop_xl import __version__, actions
from sop_xl.errors import SopError
from sop_xl.planning.wording import count
from sop_xl.schema import Finding, Severity, has_errors
from sop_xl.store import Change, Conflict, Status
from sop_xl.store.log import text
from sop_xl.tables import TABLES, inputs
from sop_xl.tables.executive import CYCLE_CALENDAR

DONE, FINDINGS, IMPOSSIBLE, STOPPED = 0, 1, 3, 130
"""Exit codes; click itself answers wrong usage with 2."""
EXIT_CODES = (
    "Exit codes: 0 done, 1 findings to look at, 2 wrong usage, 3 impossible (nothing changed)."
)
_JSON = "sop_xl.json"
"""Where the context of click keeps whether a script is listening."""
LISTED = 30
"""Findings of one kind that are printed; the rest is counted. ``--all`` prints them all."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.REPAIR: "cyan"}



def _remember_json(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.meta[_JSON] = value
    return value


class _Cycle(click.ParamType[str]):
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
CYCLE = click.option("--cycle", type=_Cycle(), metavar="YYYY-MM",
                     help="The cycle: its first plan month.")
AS_JSON = click.option("--json", "as_json", is_flag=True, is_eager=True, callback=_remember_json,
                       help="Print JSON for a script.")


def _login() -> str:
    """Who runs the command; some containers and services know no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


AUTHOR = click.option("--author", default=_login, show_default="your login name",
                      help="Who did it, for the record.")
ALL = click.option("--all", "show_all", is_flag=True, help="Print every finding.")


class _Moment(click.ParamType[dt.datetime]):
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
    "--now", type=_Moment(), envvar="SOP_NOW", default=lambda: dt.datetime.now(dt.UTC),
    show_default="the clock", help="When it happened, for the record (also SOP_NOW).",
)


class _Group(click.Group):
    """Turns what the machine refuses into one readable message."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SopError as error:
            _refuse(ctx, error.message, error.remedy, IMPOSSIBLE)
        except KeyboardInterrupt:
            _refuse(ctx, "stopped.", "The store and earlier workbooks are as they were.", STOPPED)
        except OSError as error:
            if _nobody_reads(error):
                raise BrokenPipeError(errno.EPIPE, "nobody reads on") from None
            reason = error.strerror or str(error)
            place = f" ({error.filename})" if error.filename else ""
            _refuse(ctx, f"the system refused: {reason}{place}. Nothing was changed.",
                    "Mend it and try again.", IMPOSSIBLE)


def _nobody_reads(error: OSError) -> bool:
    """Whether who reads our output has read enough, as ``head`` has: click ends quietly then."""
    # Windows has no word of its own for it
    return error.errno == errno.EPIPE or (error.errno == errno.EINVAL and not error.filename)


def _refuse(ctx: click.Context, message: str, remedy: str, code: int) -> None:
    if ctx.meta.get(_JSON):
        _print_json({"error": message, "remedy": remedy})
    else:
        _print_error(SopError(message, remedy))
    ctx.exit(code)


@click.group(cls=_Group, epilog=EXIT_CODES, context_settings={"max_content_width": 96})
@click.version_option(__version__, prog_name="sop-xl")
def main() -> None:
    """Sales and operations planning that lives in Excel.

    A plan folder holds one company's settings (sop.toml), data and workbooks.
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a Windows console may know neither ● nor –
            reconfigure(errors="replace")


# ---- commands ------------------------------------------------------------------------


@main.command(epilog="Example: sop-xl demo sop-demo")
@click.argument("folder", type=click.Path(path_type=Path), default="sop-demo")
@click.option("--seed", default=7, show_default=True, help="Another seed, another company.")
@AUTHOR
@NOW
def demo(folder: Path, seed: int, author: str, now: dt.datetime) -> None:
    """Make the example company in FOLDER and run its cycle."""
    with _Progress("Example company") as progress:
        loading, made = actions.demo(folder, author=author, at=now, seed=seed, progress=progress)
    _print_findings(loading.findings, show_all=False)
    click.echo(f"\nThe example company is in {folder}: data/ and sop.toml.")
    _print_book(made)
    click.echo(f"Change a blue cell, save, and: sop-xl collect {made.path}")


@main.command(epilog="Example: sop-xl init my-company")
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Make a plan folder: sop.toml with every setting explained, and empty lists in data/."""
    made = actions.init(folder)
    click.echo(f"Made {made.path}. Next: fill data/*.csv (items and actuals are needed), then")
    click.echo(f"  sop-xl check {made.path}")


@main.command(epilog="Example: sop-xl check my-company --json")
@PLAN
@CYCLE
@ALL
@AS_JSON
def check(plan: Path, cycle: str | None, show_all: bool, as_json: bool) -> None:
    """Read and check the data of PLAN; take nothing in."""
    with _Progress("Checking", quiet=as_json) as progress:
        found = actions.check(plan, cycle, progress)
    _report_loading(found, show_all, as_json, taken="would be loaded")
    if any(f.severity is not Severity.REPAIR for f in found.findings):
        sys.exit(FINDINGS)


@main.command(epilog="Example: sop-xl load my-company --cycle 2026-10")
@PLAN
@CYCLE
@ALL
@AS_JSON
@AUTHOR
@NOW
def load(
    plan: Path, cycle: str | None, show_all: bool, as_json: bool, author: str, now: dt.datetime
) -> None:
    """Take the data of PLAN into its store: all of it, or nothing if there is an error."""
    with _Progress("Loading", quiet=as_json) as progress:
        found = actions.load(plan, cycle, author=author, at=now, progress=progress)
    _report_loading(found, show_all, as_json, taken="loaded")
    if has_errors(found.findings):
        sys.exit(FINDINGS)


@main.command(epilog="Example: sop-xl run my-company")
@PLAN
@CYCLE
@ALL
@AS_JSON
def run(plan: Path, cycle: str | None, show_all: bool, as_json: bool) -> None:
    """Run the steps of the cycle and print the plan in short."""
    with _Progress("Planning", quiet=as_json) as progress:
        done = actions.run(plan, cycle, progress)
    frames = done.plan.frames
    if as_json:
        _print_json(
            {
                "cycle": str(done.axis.first),
                "headlines": dict(zip(*_columns(frames["headlines"], "page", "message"),
                                      strict=True)),
                "kpis": _records(frames["kpis"], "kpi", "actual", "target", "status"),
                "checks": _records(frames["checks"], "check", "value", "status"),
                "exceptions": _records(frames["exceptions"], "message", "value", "sheet"),
                "findings": [_finding(f) for f in done.plan.findings],
            }
        )
        return
    _print_findings(done.plan.findings, show_all)
    click.echo()
    for message in frames["headlines"]["message"]:
        click.echo(f"  {message}")
    click.echo()
    rows = [(k, _number(a), _number(t), s) for k, a, t, s in
            frames["kpis"][["kpi", "actual", "target", "status"]].itertuples(index=False)]
    _print_table(("KPI", "Actual", "Target", "Status"), rows)


@main.command(epilog="Example: sop-xl generate my-company --out plan.xlsx")
@PLAN
@CYCLE
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="The file to write; cycles/<month>/SOP_<month>.xlsx if not given.")
@ALL
@AS_JSON
def generate(
    plan: Path, cycle: str | None, out: Path | None, show_all: bool, as_json: bool
) -> None:
    """Run the cycle and write its workbook."""
    with _Progress("Writing the workbook", quiet=as_json) as progress:
        made = actions.generate(plan, cycle, out=out, progress=progress)
    if as_json:
        findings = [_finding(f) for f in made.findings]
        _print_json(made._asdict() | {"path": str(made.path), "findings": findings})
    else:
        _print_findings(made.findings, show_all)
        _print_book(made)


@main.command(epilog="Example: sop-xl collect my-company/cycles/2026-10/SOP_2026-10.xlsx")
@click.argument("books", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--plan", type=click.Path(path_type=Path),
              help="The plan folder; the one the workbook lies in if not given.")
@click.option("--prefer", type=click.Choice(["store", "book"]), default="store", show_default=True,
              help="Whose value stands where two people changed the same cell.")
@ALL
@AS_JSON
@AUTHOR
@NOW
def collect(
    books: Sequence[Path],
    plan: Path | None,
    prefer: Literal["store", "book"],
    show_all: bool,
    as_json: bool,
    author: str,
    now: dt.datetime,
) -> None:
    """Take back what people changed in BOOKS; one that is refused never stops the rest."""
    told: list[Mapping[str, object]] = []
    codes = {DONE}
    for book in books:
        try:
            folder = plan or actions.plan_folder_of(book)
            result = actions.collect(folder, book, author=author, at=now, prefer=prefer)
        except SopError as error:
            codes.add(IMPOSSIBLE)
            told.append({"book": str(book), "error": error.message, "remedy": error.remedy})
            if not as_json:
                _print_error(error)
            continue
        if result.conflicts or result.findings:
            codes.add(FINDINGS)
        told.append(_collected(result))
        if not as_json:
            _report_collected(result, show_all)
    if as_json:
        _print_json(told)
    sys.exit(max(codes))


@main.command(epilog="Example: sop-xl status my-company")
@PLAN
@AS_JSON
def status(plan: Path, as_json: bool) -> None:
    """Say where the cycles of PLAN stand."""
    found = actions.status(plan)
    if as_json:
        _print_json([_status(one) for one in found])
        return
    if not found:
        click.echo(f"Nothing has been loaded yet. Next: sop-xl load {plan}")
    rows = []
    for one in found:
        last = one.revisions[-1] if one.revisions else None
        told = f"{last.kind} by {last.author}, {last.saved_at:%Y-%m-%d %H:%M}" if last else ""
        rows.append((one.cycle.name, one.cycle.status, f"{sum(one.rows.values()):,}",
                     str(one.changes), str(one.conflicts), str(len(one.books)), told))
    _print_table(("Cycle", "Status", "Rows", "Changes", "Conflicts", "Books", "Last"), rows)


@main.command(epilog="Example: sop-xl diff SOP_2026-10.xlsx SOP_2026-10_sales.xlsx")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@AS_JSON
def diff(old: Path, new: Path, as_json: bool) -> None:
    """List what differs between the inputs of two workbooks."""
    changes = actions.diff(old, new)
    if as_json:
        _print_json([change._asdict() for change in changes])
    else:
        _print_changes(changes)
        click.echo(f"{count(len(changes), 'difference')}.")
    if changes:
        sys.exit(FINDINGS)


@main.command(epilog="Example: sop-xl batch companies --jobs 2")
@click.argument("root", type=click.Path(path_type=Path))
@click.option("--cycle", "cycles", type=_Cycle(), multiple=True, metavar="YYYY-MM",
              help="A cycle to generate; may be given several times. The newest if not given.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 64),
              help="Plans at a time.")
@click.option("--reload/--no-reload", default=True, show_default=True,
              help="Load the data first, or generate from the store as it is.")
@AS_JSON
@AUTHOR
@NOW
def batch(
    root: Path,
    cycles: Sequence[str],
    jobs: int,
    reload: bool,
    as_json: bool,
    author: str,
    now: dt.datetime,
) -> None:
    """Load and generate every plan folder below ROOT; one that fails never stops the rest."""
    with _Progress("Plans", quiet=as_json) as progress:
        rows = actions.batch(root, author=author, at=now, cycles=cycles, jobs=jobs,
                             reload=reload, progress=progress)
    if as_json:
        _print_json([row._asdict() for row in rows])
    else:
        _print_table(("Plan", "Cycle", "Result", "Workbook", "Message"), rows)
        click.echo(_summed_up(rows))
    results = {row.result for row in rows}
    if "failed" in results:
        sys.exit(IMPOSSIBLE)
    if results != {"done"}:
        sys.exit(FINDINGS)


# ---- printing ------------------------------------------------------------------------


class _Progress:
    """A progress bar on standard error for each stretch of work; only on a terminal."""

    def __init__(self, label: str, quiet: bool = False) -> None:
        self.label = label
        self.shown = not quiet and sys.stderr.isatty()
        self.bar: Any = None

    def __enter__(self) -> Callable[[int, int, str], None]:
        return self._tell

    def __exit__(self, *_: object) -> None:
        self._finish()

    def _tell(self, done: int, total: int, text: str) -> None:
        if not self.shown:
            return
        if self.bar is None or self.bar.length != total or done < self.bar.pos:
            self._finish()
            self.bar = click.progressbar(
                length=total, label=self.label, file=sys.stderr, item_show_func=str
            )
        self.bar.update(done - self.bar.pos, text)

    def _finish(self) -> None:
        if self.bar is not None:
            self.bar.update(self.bar.length - self.bar.pos, "")
            self.bar.render_finish()
            self.bar = None


def _print_error(error: SopError) -> None:
    click.secho(f"sop-xl: {error}", fg="red", err=True)


def _report_collected(result: actions.Collected, show_all: bool) -> None:
    _print_findings(result.findings, show_all)
    _print_changes(result.applied)
    for conflict in result.conflicts:
        click.secho(f"conflict: {_change(conflict.change)}; {_kept(conflict)}", fg="yellow")
    if has_errors(result.findings):
        click.secho(f"{result.book.name}: nothing is taken over until the errors are mended.",
                    fg="red")
        return
    click.echo(
        f"{result.book.name}: {count(len(result.applied), 'change')} taken over, "
        f"{count(len(result.conflicts), 'conflict')}."
    )


def _print_findings(findings: Sequence[Finding], show_all: bool) -> None:
    for severity in Severity:
        group = [finding for finding in findings if finding.severity is severity]
        for finding in group if show_all else group[:LISTED]:
            click.secho(str(finding), fg=_COLOURS[severity])
        if len(group) > LISTED and not show_all:
            click.echo(f"... and {len(group) - LISTED} more {severity.value}s (--all shows them)")


def _report_loading(
    found: actions.Loading, show_all: bool, as_json: bool, taken: str
) -> None:
    counts = {s.value: sum(f.severity is s for f in found.findings) for s in Severity}
    if as_json:
        _print_json(
            {
                "cycle": found.cycle or None,
                "loaded": found.revision is not None,
                "rows": found.rows,
                "counts": counts,
                "findings": [_finding(f) for f in found.findings],
            }
        )
        return
    _print_findings(found.findings, show_all)
    rows = ", ".join(f"{TABLES[name].label} {number:,}" for name, number in found.rows.items()
                     if number)
    click.echo(f"Cycle {found.cycle or 'unknown'}: {rows or 'no rows'}.")
    said = ", ".join(count(counts[s.value], s.value) for s in Severity)
    if has_errors(found.findings):
        click.secho(f"{said}. Nothing is loaded until the errors are mended.", fg="red")
    else:
        click.secho(f"{said}. Everything {taken}.", fg="green")


def _summed_up(rows: Sequence[actions.BatchRow]) -> str:
    """``2 workbooks written, 1 refused.``"""
    parts = [f"{count(sum(bool(row.workbook) for row in rows), 'workbook')} written"]
    for result in ("refused", "failed"):
        number = sum(row.result == result for row in rows)
        if number:
            parts.append(f"{number} {result}")
    return f"{', '.join(parts)}."


def _print_book(made: actions.Generated) -> None:
    light = "● all checks passed"
    if made.checks_failed:
        light = f"■ {count(made.checks_failed, 'check')} failed: see the sheet Checks"
    click.secho(f"Workbook of cycle {made.cycle}, version {made.version} ({light}):", bold=True)
    click.echo(f"  {made.path}")


def _print_changes(changes: Iterable[Change]) -> None:
    for change in changes:
        click.echo(_change(change))


def _change(change: Change) -> str:
    declared = inputs(("family", "region", "channel")) | {CYCLE_CALENDAR.name: CYCLE_CALENDAR}
    table = declared[change.table]
    key = ", ".join(str(v) for v in json.loads(change.key).values())
    place = change.cell or table.label
    if not change.column:
        return f"{place}: {key}: {change.kind.value}"
    label = table[change.column].label
    reason = f" ({change.reason})" if change.reason else ""
    return f"{place}: {key}: {label}: {_number(change.old)} -> {_number(change.new)}{reason}"


def _kept(conflict: Conflict) -> str:
    """What stands in the plan instead of a change."""
    if conflict.gone or (conflict.kept is None and not conflict.change.column):
        return "kept: the row is gone"
    if isinstance(conflict.kept, dict):
        return f"kept: {text(conflict.kept, conflict.change) or 'the row as it was'}"
    return f"kept: {_number(conflict.kept)}"


def _number(value: object) -> str:
    if value is None or value != value:
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def _print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    lines = [tuple(str(cell) for cell in row) for row in (header, *rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    for at, line in enumerate(lines):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.secho(text.rstrip(), bold=at == 0)


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value)


def _finding(finding: Finding) -> Mapping[str, str]:
    return finding._asdict() | {"severity": finding.severity.value}


def _collected(result: actions.Collected) -> Mapping[str, object]:
    return {
        "book": str(result.book),
        "cycle": result.cycle,
        "applied": [change._asdict() for change in result.applied],
        "conflicts": [c.change._asdict() | {"kept": c.kept} for c in result.conflicts],
        "findings": [_finding(f) for f in result.findings],
    }


def _status(one: Status) -> Mapping[str, object]:
    return {
        "cycle": one.cycle.name,
        "status": one.cycle.status,
        "rows": one.rows,
        "changes": one.changes,
        "conflicts": one.conflicts,
        "revisions": [revision._asdict() for revision in one.revisions],
        "books": [book._asdict() for book in one.books],
        "findings": [_finding(f) for f in one.findings],
    }


def _records(frame: Any, *columns: str) -> list[dict[str, object]]:
    records: list[dict[str, object]] = frame[list(columns)].to_dict("records")
    return [{k: None if v != v else v for k, v in record.items()} for record in records]


def _columns(frame: Any, *columns: str) -> list[list[str]]:
    return [list(frame[column]) for column in columns]
