"""The commands around Excel: buttons from outside, the template, set-up and diagnosis."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from sop_xl import actions
from sop_xl.actions import FileBook, Press, Report
from sop_xl.cli.group import main
from sop_xl.cli.options import AS_JSON, DONE, FINDINGS
from sop_xl.cli.printing import Progress, print_json
from sop_xl.errors import SopError
from sop_xl.excel import doctor as diagnosis
from sop_xl.excel import setup
from sop_xl.excel.doctor import check as checks
from sop_xl.excel.machine import ThisComputer
from sop_xl.workbook.macros import TEMPLATE
from sop_xl.workbook.package import write_atomically


def press_on_file(
    action: str, book: Path, plan: Path | None, cell: str, yes: bool, author: str, now: dt.datetime,
    as_json: bool, choice: str = "",
) -> Report:
    """Do what a button does, on a workbook that is not open."""
    button = actions.button(action)
    if button.needs_excel:
        raise SopError(
            f"{button.label} moves the cursor of somebody who looks at the workbook.",
            f"Open it in Excel: sop-xl run {action} --open {book.name}",
        )
    folder = plan or actions.plan_folder_of(book)

    def print_line(line: str) -> None:
        click.echo(line, err=as_json)

    with Progress(button.label, quiet=as_json) as progress:
        shown = FileBook(
            book, answer=lambda title, lines: yes or _confirmed(title, lines, as_json),
            print_line=print_line, cell=cell, progress=progress,
        )
        press = Press(action, shown, folder, author, now, choice)
        return actions.perform(press, button, button.label)


def _confirmed(title: str, lines: Sequence[str], as_json: bool) -> bool:
    for line in (title, *(f"  {line}" for line in lines)):
        click.echo(line, err=as_json)
    if not sys.stdin.isatty():
        click.echo("Nobody was there to ask: give --yes to go on.", err=True)
        return False
    return click.confirm("Go on?", err=as_json)


def press_in_excel(action: str, name: str, plan: Path | None, as_json: bool) -> Report:
    """Do what a button does, in a workbook that is open; its message is shown there, too."""
    # xlwings and with it Excel are there only where they can be
    from sop_xl.excel.live import open_book
    from sop_xl.excel.ribbon import press_in

    actions.button(action)  # before Excel is looked for
    report = press_in(open_book(name), action, plan)
    for line in (report.title, *(f"  {line}" for line in report.lines)):
        click.echo(line, err=as_json)
    return report


def print_report(report: Report) -> None:
    """A report for a script; people have seen it already."""
    print_json({"title": report.title, "lines": report.lines, "findings": report.findings})


@main.group(epilog="Example: sop-xl template check")
def template() -> None:
    """Build the Excel template from its text sources, or check that it is current."""


@template.command("build", epilog="Example: sop-xl template build")
@click.option("--sources", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder with vba/ and ribbon/; workbook/ of the source tree if not given.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="The file to write; SOP_Template.xlsm beside the sources if not given.")
def template_build(sources: Path | None, out: Path | None) -> None:
    """Build SOP_Template.xlsm: sheets, ribbon, VBA project. Excel is not needed."""
    from sop_xl.workbook.template import SOURCES, build_template

    target = out or (sources or SOURCES) / TEMPLATE
    data = build_template(sources or SOURCES)
    write_atomically(target, data)
    click.echo(f"Built {target} ({len(data) / 1000:,.0f} kB).")


@template.command("check", epilog="Example: sop-xl template check")
@click.option("--sources", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder with vba/ and ribbon/; workbook/ of the source tree if not given.")
@click.argument("file", type=click.Path(path_type=Path), required=False)
def template_check(sources: Path | None, file: Path | None) -> None:
    """Say whether a template (SOP_Template.xlsm beside the sources) is what they would give."""
    from sop_xl.workbook.template import SOURCES, build_template, changed_parts

    committed = file or (sources or SOURCES) / TEMPLATE
    if not committed.exists():
        raise SopError(f"{committed} does not exist.", "Build it: sop-xl template build")
    changed = changed_parts(build_template(sources or SOURCES), committed)
    if not changed:
        click.echo(f"{committed} is current.")
        return
    click.echo(f"{committed} is not what its sources give; these parts differ:")
    for part in changed:
        click.echo(f"  {part}")
    click.echo("Build it again: sop-xl template build")
    sys.exit(FINDINGS)


@main.command(epilog="Example: sop-xl doctor --book SOP_2026-10.xlsm")
@click.option("--book", help="A workbook to look at, too: its path, or its address in OneDrive.")
@AS_JSON
def doctor(book: str | None, as_json: bool) -> None:
    """Look for what keeps the buttons and functions in Excel from working; say the remedy."""
    found = diagnosis.diagnose(ThisComputer(), book)
    if as_json:
        print_json(checks.records(found))
    else:
        for line in checks.lines(found):
            click.echo(line)
    wrong = checks.worst(found) is checks.State.WRONG
    sys.exit(FINDINGS if wrong else DONE)


@main.command("excel-setup", epilog="Example: sop-xl excel-setup --plan my-company")
@click.option("--plan", type=click.Path(path_type=Path),
              help="A plan folder to remember, for workbooks that lie elsewhere.")
@click.option("--trust-plan", is_flag=True,
              help="Let Excel run the macros in the plan folder without asking (Windows).")
@click.option("--undo", is_flag=True, help="Take back what this command wrote before.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def excel_setup(plan: Path | None, trust_plan: bool, undo: bool, dry_run: bool) -> None:
    """Make the buttons and functions of workbooks start this Python, for this user."""
    if trust_plan and plan is None:
        raise click.UsageError("--trust-plan needs --plan: the folder that is to be trusted.")
    if undo and (plan or trust_plan):
        raise click.UsageError("--undo takes back everything; it goes without --plan.")
    machine = ThisComputer()
    if undo:
        done = setup.undo(machine, dry_run=dry_run)
    else:
        done = setup.set_up(machine, plan, trust=trust_plan, dry_run=dry_run)
    for line in done.lines:
        click.echo(line)
    if dry_run and done.changed:
        click.echo("Nothing was written (--dry-run).")


