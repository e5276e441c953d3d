"""What commands print: findings, changes, tables, JSON, and the progress bar."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from sop_xl import actions
from sop_xl.actions.telling import change_text, kept_text
from sop_xl.errors import SopError
from sop_xl.planning.wording import count, percent
from sop_xl.schema import Finding, Severity, has_errors
from sop_xl.store import Change, Status
from sop_xl.tables import TABLES

LISTED = 30
"""Findings of one kind that are printed; the rest is counted. ``--all`` prints them all."""
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.REPAIR: "cyan"}


class Progress:
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


def print_error(error: SopError) -> None:
    click.secho(f"sop-xl: {error}", fg="red", err=True)


def report_collected(result: actions.Collected, show_all: bool) -> None:
    print_findings(result.findings, show_all)
    print_changes(result.applied)
    for conflict in result.conflicts:
        shown = f"conflict: {change_text(conflict.change)}; {kept_text(conflict)}"
        click.secho(shown, fg="yellow")
    if has_errors(result.findings):
        click.secho(f"{result.book.name}: nothing is taken over until the errors are mended.",
                    fg="red")
        return
    click.echo(
        f"{result.book.name}: {count(len(result.applied), 'change')} taken over, "
        f"{count(len(result.conflicts), 'conflict')}."
    )


def print_findings(findings: Sequence[Finding], show_all: bool) -> None:
    for severity in Severity:
        group = [finding for finding in findings if finding.severity is severity]
        for finding in group if show_all else group[:LISTED]:
            click.secho(str(finding), fg=_COLOURS[severity])
        if len(group) > LISTED and not show_all:
            click.echo(f"... and {len(group) - LISTED} more {severity.value}s (--all shows them)")


def report_loading(
    found: actions.Loading, show_all: bool, as_json: bool, taken: str
) -> None:
    counts = {s.value: sum(f.severity is s for f in found.findings) for s in Severity}
    if as_json:
        print_json(
            {
                "cycle": found.cycle or None,
                "loaded": found.revision is not None,
                "rows": found.rows,
                "counts": counts,
                "findings": [finding_record(f) for f in found.findings],
            }
        )
        return
    print_findings(found.findings, show_all)
    rows = ", ".join(f"{TABLES[name].label} {number:,}" for name, number in found.rows.items()
                     if number)
    click.echo(f"Cycle {found.cycle or 'unknown'}: {rows or 'no rows'}.")
    said = ", ".join(count(counts[s.value], s.value) for s in Severity)
    if has_errors(found.findings):
        click.secho(f"{said}. Nothing is loaded until the errors are mended.", fg="red")
    else:
        click.secho(f"{said}. Everything {taken}.", fg="green")


def summed_up(rows: Sequence[actions.BatchRow]) -> str:
    """``2 workbooks written, 1 refused.``"""
    parts = [f"{count(sum(bool(row.workbook) for row in rows), 'workbook')} written"]
    for result in ("refused", "failed"):
        number = sum(row.result == result for row in rows)
        if number:
            parts.append(f"{number} {result}")
    return f"{', '.join(parts)}."


def print_book(made: actions.Generated) -> None:
    light = "● all checks passed"
    if made.checks_failed:
        light = f"■ {count(made.checks_failed, 'check')} failed: see the sheet Checks"
    click.secho(f"Workbook of cycle {made.cycle}, version {made.version} ({light}):", bold=True)
    click.echo(f"  {made.path}")


def print_changes(changes: Iterable[Change]) -> None:
    for change in changes:
        click.echo(change_text(change))


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    lines = [tuple(str(cell) for cell in row) for row in (header, *rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    for at, line in enumerate(lines):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.secho(text.rstrip(), bold=at == 0)


def print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value)


def print_backtest(done: actions.Backtested) -> None:
    """The tables of a backtest: by method, and by family or region."""
    found = done.found
    first = ", ".join(str(period) for period in found.origins)
    click.echo(f"Cycle {done.cycle}: {count(found.horizon, 'month')} forecast again from {first}.")
    covered = [name for name in found.methods.columns if name.startswith("coverage_")]
    ranges = [f"In {round(100 * level)} % range" for level in found.levels]
    shown = ["wape", "mase", "bias", *covered]
    click.echo()
    rows = found.methods[["label", *shown]].itertuples(index=False)
    print_table(("Method", "Error", "MASE", "Bias", *ranges), map(_backtest_line, rows))
    click.echo()
    rows = found.parts[["part", *shown, "last_year"]].itertuples(index=False)
    title = done.by.capitalize()
    header = (title, "Error", "MASE", "Bias", *ranges, "Last year's pattern")
    print_table(header, map(_backtest_line, rows))
    print_findings(done.findings, show_all=True)


def _backtest_line(row: Sequence[Any]) -> list[str]:
    name, error, mase, *shares = row
    texts = [_share(error), "–" if mase != mase else f"{mase:.2f}", *map(_share, shares)]
    return [str(name), *texts]


def _share(value: float) -> str:
    return "–" if value != value else percent(value)


def backtest_record(done: actions.Backtested) -> Mapping[str, object]:
    found = done.found
    return {
        "cycle": done.cycle,
        "origins": [str(period) for period in found.origins],
        "months": found.horizon,
        "methods": records(found.methods, *found.methods.columns),
        f"by_{done.by}": records(found.parts, *found.parts.columns),
        "findings": [finding_record(f) for f in done.findings],
    }


def finding_record(finding: Finding) -> Mapping[str, str]:
    return finding._asdict() | {"severity": finding.severity.value}


def collected_record(result: actions.Collected) -> Mapping[str, object]:
    return {
        "book": str(result.book),
        "cycle": result.cycle,
        "applied": [change._asdict() for change in result.applied],
        "conflicts": [c.change._asdict() | {"kept": c.kept} for c in result.conflicts],
        "findings": [finding_record(f) for f in result.findings],
    }


def status_record(one: Status) -> Mapping[str, object]:
    return {
        "cycle": one.cycle.name,
        "status": one.cycle.status,
        "rows": one.rows,
        "changes": one.changes,
        "conflicts": one.conflicts,
        "revisions": [revision._asdict() for revision in one.revisions],
        "books": [book._asdict() for book in one.books],
        "findings": [finding_record(f) for f in one.findings],
    }


def records(frame: Any, *columns: str) -> list[dict[str, object]]:
    records: list[dict[str, object]] = frame[list(columns)].to_dict("records")
    return [{k: None if v != v else v for k, v in record.items()} for record in records]


def columns(frame: Any, *columns: str) -> list[list[str]]:
    return [list(frame[column]) for column in columns]
