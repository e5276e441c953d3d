"""The commands on plan folders and their workbooks."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import click

from sop_xl import actions
from sop_xl.actions.telling import change_note, figure
from sop_xl.cli import office
from sop_xl.cli.group import main
from sop_xl.cli.options import (
    ALL,
    AS_JSON,
    AUTHOR,
    CYCLE,
    DONE,
    FINDINGS,
    IMPOSSIBLE,
    NOW,
    PLAN,
    CycleName,
)
from sop_xl.cli.printing import (
    Progress,
    backtest_record,
    collected_record,
    columns,
    finding_record,
    print_backtest,
    print_book,
    print_changes,
    print_error,
    print_findings,
    print_json,
    print_table,
    records,
    report_collected,
    report_loading,
    status_record,
    summed_up,
)
from sop_xl.errors import SopError
from sop_xl.planning.wording import count
from sop_xl.schema import Severity, has_errors


@main.command(epilog="Example: sop-xl demo sop-demo")
@click.argument("folder", type=click.Path(path_type=Path), default="sop-demo")
@click.option("--seed", default=7, show_default=True, help="Another seed, another company.")
@AUTHOR
@NOW
def demo(folder: Path, seed: int, author: str, now: dt.datetime) -> None:
    """Make the example company in FOLDER and run its cycle."""
    with Progress("Example company") as progress:
        loading, made = actions.demo(folder, author=author, at=now, seed=seed, progress=progress)
    print_findings(loading.findings, show_all=False)
    click.echo(f"\nThe example company is in {folder}: data/ and sop.toml.")
    print_book(made)
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
    with Progress("Checking", quiet=as_json) as progress:
        found = actions.check(plan, cycle, progress)
    report_loading(found, show_all, as_json, taken="would be loaded")
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
    with Progress("Loading", quiet=as_json) as progress:
        found = actions.load(plan, cycle, author=author, at=now, progress=progress)
    report_loading(found, show_all, as_json, taken="loaded")
    if has_errors(found.findings):
        sys.exit(FINDINGS)


@main.command(epilog="Example: sop-xl run forecast --book SOP_2026-10.xlsm")
@click.argument("target", default=".")
@CYCLE
@click.option("--book", type=click.Path(path_type=Path, dir_okay=False),
              help="Do what the button TARGET does, on this workbook; it is not open in Excel.")
@click.option("--open", "open_name", help="The same, in the workbook of this name open in Excel.")
@click.option("--plan", type=click.Path(path_type=Path),
              help="The plan folder of the workbook; the one it lies in if not given.")
@click.option("--cell", default="", help="The cell for explain: Demand_Plan!Z14.")
@click.option("--choice", default="", help="The plan for adopt: optimised, level, chase, mixed, or "
              "none; the one chosen on the sheet Strategy if not given.")
@click.option("--yes", is_flag=True, help="Write over what would be shown and asked for.")
@ALL
@AS_JSON
@AUTHOR
@NOW
def run(
    target: str,
    cycle: str | None,
    book: Path | None,
    open_name: str | None,
    plan: Path | None,
    cell: str,
    choice: str,
    yes: bool,
    show_all: bool,
    as_json: bool,
    author: str,
    now: dt.datetime,
) -> None:
    """Run the steps of the cycle of the plan folder TARGET and print the plan in short.

    With --book or --open, TARGET is the action of a button: forecast, reconcile, save ...
    """
    if book and open_name:
        raise click.UsageError("--book names a file, --open a workbook in Excel: give one of them.")
    if open_name is not None and (yes or cell or choice):
        raise click.UsageError(
            "--yes, --cell and --choice go with --book: in Excel the person there is asked, the "
            "cell is the one that is selected, and the plan the one chosen on the sheet."
        )
    if book is None and open_name is None:
        if target in actions.BUTTONS and not Path(target).exists():
            raise click.UsageError(f"{target} is an action; on which workbook? --book or --open.")
        _run_plan(Path(target), cycle, show_all, as_json)
        return
    if book is not None:
        report = office.press_on_file(target, book, plan, cell, yes, author, now, as_json, choice)
    else:
        report = office.press_in_excel(target, str(open_name), plan, as_json)
    if as_json:
        office.print_report(report)
    sys.exit(FINDINGS if report.findings else DONE)


def _run_plan(plan: Path, cycle: str | None, show_all: bool, as_json: bool) -> None:
    with Progress("Planning", quiet=as_json) as progress:
        done = actions.run(plan, cycle, progress)
    frames = done.plan.frames
    if as_json:
        print_json(
            {
                "cycle": str(done.axis.first),
                "headlines": dict(zip(*columns(frames["headlines"], "page", "message"),
                                      strict=True)),
                "kpis": records(frames["kpis"], "kpi", "actual", "target", "status"),
                "checks": records(frames["checks"], "check", "value", "status"),
                "forecast": records(frames["forecast_blocks"], "block", "last_baseline",
                                    "baseline", "change_share", "why", "champion", "error"),
                "exceptions": records(frames["exceptions"], "message", "value", "sheet"),
                "findings": [finding_record(f) for f in done.plan.findings],
            }
        )
        return
    print_findings(done.plan.findings, show_all)
    click.echo()
    for message in frames["headlines"]["message"]:
        click.echo(f"  {message}")
    click.echo()
    for line in change_note(frames):
        click.echo(f"  {line}")
    click.echo()
    rows = [(k, figure(a), figure(t), s) for k, a, t, s in
            frames["kpis"][["kpi", "actual", "target", "status"]].itertuples(index=False)]
    print_table(("KPI", "Actual", "Target", "Status"), rows)


@main.command(epilog="Example: sop-xl backtest my-company --origins 4 --by region")
@PLAN
@CYCLE
@click.option("--origins", default=3, show_default=True, type=click.IntRange(1, 24),
              help="How many times the forecast is made again, three months apart.")
@click.option("--months", default=6, show_default=True, type=click.IntRange(1, 36),
              help="Months that are forecast each time.")
@click.option("--by", type=click.Choice(["family", "region"]), default="family", show_default=True,
              help="What the second table is by.")
@AS_JSON
def backtest(
    plan: Path,
    cycle: str | None,
    origins: int,
    months: int,
    by: Literal["family", "region"],
    as_json: bool,
) -> None:
    """Forecast the last months of PLAN again and say how far off each method was.

    At each origin everything is done anew from what was known then, block by block: the history is
    cleaned, the effect of signals learned, methods fitted, weighed, and brought to agree with the
    totals. Signals and events of the months that are forecast count as planned; launches, ends of
    life and what people typed are left out. Error is the weighted one (WAPE) against what was
    ordered; MASE is 1 for the same month of the year before, inside the history; bias is positive
    where too much was forecast; a range of 80 % should have held 80 % of what came.
    """
    with Progress("Backtest", quiet=as_json) as progress:
        done = actions.backtest(
            plan, cycle, origins=origins, months=months, by=by, progress=progress
        )
    if as_json:
        print_json(backtest_record(done))
    else:
        print_backtest(done)
    sys.exit(FINDINGS if done.findings else DONE)


@main.command(epilog="Example: sop-xl generate my-company --out plan.xlsm")
@PLAN
@CYCLE
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="The file to write, .xlsm or .xlsx; cycles/<month>/SOP_<month>.xlsm if not "
              "given.")
@click.option("--xlsx", is_flag=True, help="Write the twin without macros: SOP_<month>.xlsx.")
@ALL
@AS_JSON
def generate(
    plan: Path, cycle: str | None, out: Path | None, xlsx: bool, show_all: bool, as_json: bool
) -> None:
    """Run the cycle and write its workbook."""
    with Progress("Writing the workbook", quiet=as_json) as progress:
        made = actions.generate(plan, cycle, out=out, macros=not xlsx, progress=progress)
    if as_json:
        findings = [finding_record(f) for f in made.findings]
        print_json(made._asdict() | {"path": str(made.path), "findings": findings})
    else:
        print_findings(made.findings, show_all)
        print_book(made)


@main.command(epilog="Example: sop-xl collect my-company/cycles/2026-10/SOP_2026-10.xlsm")
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
                print_error(error)
            continue
        if result.conflicts or result.findings:
            codes.add(FINDINGS)
        told.append(collected_record(result))
        if not as_json:
            report_collected(result, show_all)
    if as_json:
        print_json(told)
    sys.exit(max(codes))


@main.command(epilog="Example: sop-xl status my-company")
@PLAN
@AS_JSON
def status(plan: Path, as_json: bool) -> None:
    """Say where the cycles of PLAN stand."""
    found = actions.status(plan)
    if as_json:
        print_json([status_record(one) for one in found])
        return
    if not found:
        click.echo(f"Nothing has been loaded yet. Next: sop-xl load {plan}")
    rows = []
    for one in found:
        last = one.revisions[-1] if one.revisions else None
        told = f"{last.kind} by {last.author}, {last.saved_at:%Y-%m-%d %H:%M}" if last else ""
        rows.append((one.cycle.name, one.cycle.status, f"{sum(one.rows.values()):,}",
                     str(one.changes), str(one.conflicts), str(len(one.books)), told))
    print_table(("Cycle", "Status", "Rows", "Changes", "Conflicts", "Books", "Last"), rows)


@main.command(epilog="Example: sop-xl diff SOP_2026-10.xlsm SOP_2026-10_sales.xlsm")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@AS_JSON
def diff(old: Path, new: Path, as_json: bool) -> None:
    """List what differs between the inputs of two workbooks."""
    changes = actions.diff(old, new)
    if as_json:
        print_json([change._asdict() for change in changes])
    else:
        print_changes(changes)
        click.echo(f"{count(len(changes), 'difference')}.")
    if changes:
        sys.exit(FINDINGS)


@main.command(epilog="Example: sop-xl batch companies --jobs 2")
@click.argument("root", type=click.Path(path_type=Path))
@click.option("--cycle", "cycles", type=CycleName(), multiple=True, metavar="YYYY-MM",
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
    with Progress("Plans", quiet=as_json) as progress:
        rows = actions.batch(root, author=author, at=now, cycles=cycles, jobs=jobs,
                             reload=reload, progress=progress)
    if as_json:
        print_json([row._asdict() for row in rows])
    else:
        print_table(("Plan", "Cycle", "Result", "Workbook", "Message"), rows)
        click.echo(summed_up(rows))
    results = {row.result for row in rows}
    if "failed" in results:
        sys.exit(IMPOSSIBLE)
    if results != {"done"}:
        sys.exit(FINDINGS)
