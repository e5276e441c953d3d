"""The plan's memory: cycles, what was loaded, what people typed, plans made, workbooks issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Literal, NamedTuple, Self

import pandas as pd
import sqlalchemy as sa

from sop_xl import tables
from sop_xl.errors import SopError
from sop_xl.schema import Finding
from sop_xl.store import authors, base, books, carry, log, plans
from sop_xl.store.base import Revision
from sop_xl.store.books import OPEN, Cycle, Issue, Mark, need_cycle, need_issue, period_of
from sop_xl.store.collecting import AppendResult, Collected, collect, weigh, widened
from sop_xl.store.database import BUSY_SECONDS, Database
from sop_xl.store.layout import CHANGE, CYCLE, ISSUED
from sop_xl.store.log import APPLIED, CONFLICT
from sop_xl.store.merge import Change
from sop_xl.store.migrations import migrate
from sop_xl.store.overlay import Loaded, at_level, merged
from sop_xl.store.rolling import roll


class Inputs(NamedTuple):
    """What a cycle plans with, what is wrong with it, and the point in time that it shows."""

    frames: dict[str, pd.DataFrame]
    findings: list[Finding]
    mark: Mark


class Status(NamedTuple):
    """Where a cycle stands."""

    cycle: Cycle
    revisions: list[Revision]
    """Oldest first."""
    rows: dict[str, int]
    """Rows loaded, by table."""
    changes: int
    """Changes that people made in this cycle and that are applied."""
    conflicts: int
    findings: list[Finding]
    books: list[Issue]


class Store:
    """Everything a plan remembers. Each write is one transaction; nothing is ever overwritten.

    The inputs of a cycle are what was loaded last, with what people typed on top, in order: a
    reload replaces the base and leaves the changes standing.

    Args:
        url: SQLAlchemy's address of a SQLite file (made if it is not there) or of PostgreSQL.
        level: The planning level, which the keys of the grids follow.
        busy_seconds: How long to wait while somebody else writes to a SQLite file.

    Raises:
        SopError: The database cannot be used. Every method may raise it; nothing is written then.
    """

    def __init__(
        self,
        url: str,
        level: tuple[str, ...] = ("family", "region"),
        *,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self.tables = tables.inputs(level)
        self._loaded: Loaded = {}
        self._database = Database(url, busy_seconds)
        try:
            migrate(self._database)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    # Cycles

    def cycles(self) -> list[Cycle]:
        """All cycles, oldest first."""
        with self._database.read() as connection:
            return books.cycles(connection)

    def previous_cycle(self, cycle: str) -> str | None:
        """The newest cycle before a cycle."""
        return max((found.name for found in self.cycles() if found.name < cycle), default=None)

    def open_cycle(
        self, cycle: str, at: dt.datetime, carry_from: str | None = None, author: str = ""
    ) -> bool:
        """Open a cycle; False if the store has it already, and then nothing happens.

        Args:
            cycle: Its first plan period: ``2026-10``.
            at: When.
            carry_from: The cycle before. What is still open there goes over
                (:mod:`sop_xl.store.carry` says what); None starts with nothing.
            author: Who opens it.
        """
        with self._database.write() as connection:
            return _open(connection, cycle, at, carry_from, author)

    def set_status(self, cycle: str, status: Literal["open", "closed"]) -> None:
        """Close a cycle, or open it again; a closed one takes no more loads, changes or plans."""
        with self._database.write() as connection:
            need_cycle(connection, cycle)
            connection.execute(CYCLE.update().where(CYCLE.c.name == cycle).values(status=status))

    # Inputs

    def save_load(
        self,
        cycle: str,
        frames: Mapping[str, pd.DataFrame],
        findings: Sequence[Finding],
        author: str,
        at: dt.datetime,
        note: str = "",
        *,
        kind: Literal["load", "proposal"] = "load",
        opens: bool = False,
    ) -> int:
        """Append a load, or a proposal of the plan for lists nobody has filled in yet.

        Tables that are not among the frames stay as they are. An empty frame empties its table,
        except the lists of ``carry.KEPT_LISTS``, which live on without a source. Rows are stored
        only where they differ from the cycle's latest.

        Args:
            opens: Open the cycle if the store does not have it, with what is still open in the one
                before; the cycle and its load come together or not at all.

        Returns:
            Its revision.

        Raises:
            ValueError: A frame is not one of an input table, lacks a column, or has equal keys.
        """
        unknown = frames.keys() - self.tables.keys()
        if unknown:
            raise ValueError(f"no input table {', '.join(sorted(unknown))}")
        contents = [
            base.content(frame, self.tables[name])
            for name, frame in frames.items()
            if not (name in carry.KEPT_LISTS and frame.empty)
        ]
        with self._database.write() as connection:
            if opens:
                earlier = [c.name for c in books.cycles(connection) if c.name < cycle]
                _open(connection, cycle, at, max(earlier, default=None), author)
            need_cycle(connection, cycle, writable=True)
            before = base.held(connection, cycle, books.mark(connection, cycle).revision)
            revision = base.add_revision(
                connection,
                cycle=cycle,
                kind=kind,
                author=author,
                saved_at=at,
                note=note,
                hash=base.digest(content.hash for content in contents),
            )
            base.save(connection, revision, contents, before)
            base.save_findings(connection, revision, findings)
        return revision

    def read(self, cycle: str) -> Inputs:
        """What a cycle plans with: every input table, empty where there is nothing.

        Its findings are about changes that found no place: their row is no longer delivered, the
        source has moved on since the last cycle, or the planning level is another one.
        """
        with self._database.read() as connection:
            need_cycle(connection, cycle)
            mark = books.mark(connection, cycle)
            found = merged(connection, cycle, mark, self.tables, known=self._loaded)
        fitting = at_level({name: table.frame for name, table in found.items()}, self.tables)
        findings = [finding for table in found.values() for finding in table.findings]
        return Inputs(fitting.frames, findings + fitting.findings, mark)

    def inputs(self, cycle: str) -> dict[str, pd.DataFrame]:
        """The frames of :meth:`read`."""
        return self.read(cycle).frames

    def inputs_at(self, cycle: str, mark: Mark) -> dict[str, pd.DataFrame]:
        """The inputs that a cycle had at a point in time."""
        with self._database.read() as connection:
            need_cycle(connection, cycle)
            found = merged(connection, cycle, mark, self.tables, known=self._loaded)
        return at_level({name: table.frame for name, table in found.items()}, self.tables).frames

    def inputs_as_issued(self, build: str, file: str = "") -> dict[str, pd.DataFrame]:
        """Exactly the inputs from which a workbook was generated.

        Args:
            build: The workbook's build.
            file: If given, with what was collected from this very file since.
        """
        with self._database.read() as connection:
            issue = need_issue(connection, build)
            found = merged(
                connection, issue.cycle, issue.mark, self.tables, build, file, self._loaded
            )
        return at_level({name: table.frame for name, table in found.items()}, self.tables).frames

    # Changes

    def append_changes(
        self,
        cycle: str,
        changes: Sequence[Change],
        author: str,
        at: dt.datetime,
        book: str,
        *,
        prefer: Literal["store", "book"] = "store",
        file: str = "",
    ) -> AppendResult:
        """Append what was changed in a workbook.

        A change of something that somebody else changed since the issue is a conflict: it goes
        on record but is not applied, unless ``prefer`` is "book". What the store already holds is
        left out, so that a workbook may be collected twice.

        Args:
            cycle: The cycle.
            changes: What :func:`sop_xl.store.merge.difference` found.
            author: Who changed the workbook.
            at: When it was collected.
            book: Build of the workbook; it has to be registered.
            prefer: Whose value stands in a conflict.
            file: Names the copy that was read, so that whoever goes on in the same file after a
                collection is in no conflict with himself. Leave it empty if another person's copy
                may come under the same name.
        """
        stored = [widened(change, self.tables[change.table]) for change in changes]
        with self._database.write() as connection:
            need_cycle(connection, cycle, writable=True)
            issue = need_issue(connection, book)
            if issue.cycle != cycle:
                raise SopError(
                    f"The workbook belongs to the cycle {issue.cycle}, not to {cycle}.",
                    "Collect it there, or take the newest workbook.",
                )
            return collect(connection, Collected(issue, file, author, at, prefer), stored)

    def weigh_changes(
        self, cycle: str, changes: Sequence[Change], book: str, *, file: str = ""
    ) -> AppendResult:
        """What :meth:`append_changes` would do with them now; nothing is written."""
        stored = [widened(change, self.tables[change.table]) for change in changes]
        with self._database.read() as connection:
            need_cycle(connection, cycle)
            collected = Collected(need_issue(connection, book), file, "", dt.datetime.min, "store")
            return weigh(connection, collected, stored)

    def changes(self, cycle: str) -> pd.DataFrame:
        """The change log: the frame of ``tables.review.CHANGE_LOG``, oldest first.

        It holds the changes of the cycle and of the one before, from which overrides carry over.
        """
        before = self.previous_cycle(cycle)
        with self._database.read() as connection:
            need_cycle(connection, cycle)
            return log.frame(
                [
                    (name, entry)
                    for name in (before, cycle)
                    if name is not None
                    for entry in log.entries(connection, name, ~CHANGE.c.carried)
                ]
            )

    # Plans

    def save_plan(
        self,
        cycle: str,
        frames: Mapping[str, pd.DataFrame],
        findings: Sequence[Finding],
        author: str,
        at: dt.datetime,
        note: str = "",
    ) -> int:
        """Append the versions of a plan (:data:`sop_xl.store.plans.VERSIONS`); gives the revision.

        Versions that did not change are not stored again; a run that changed nothing at all, not
        even its findings, appends nothing and gives the revision of the last one.

        Args:
            cycle: The cycle.
            frames: Frames of grids by name, as the steps give them; others are passed over.
            findings: All that the run has to say.
            author: Who ran it.
            at: When.
            note: A word about it.
        """
        period_of(cycle)
        versions = plans.records(frames, cycle)
        said = [repr(finding) for finding in findings]
        digest = base.digest([*(version.hash for version in versions), *said])
        with self._database.write() as connection:
            need_cycle(connection, cycle, writable=True)
            runs = [r for r in base.revisions(connection, cycle) if r.kind == "run"]
            if runs and runs[-1].hash == digest:
                return runs[-1].id
            before = plans.latest_hashes(connection, cycle)
            revision = base.add_revision(
                connection,
                cycle=cycle,
                kind="run",
                author=author,
                saved_at=at,
                note=note,
                hash=digest,
            )
            changed = [v for v in versions if before.get(v.version.name) != v.hash]
            plans.save(connection, revision, changed)
            base.save_findings(connection, revision, findings)
        return revision

    def past_plans(self, before: pd.Period) -> pd.DataFrame:
        """The last demand plan of each cycle before a period, as rows of the table past_plans."""
        with self._database.read() as connection:
            return plans.demand_plans(connection, str(before))

    def past_finance(self, before: pd.Period) -> pd.DataFrame:
        """The last financial plan of each cycle before a period, as rows of past_finance."""
        with self._database.read() as connection:
            return plans.financial_plans(connection, str(before))

    def past_authors(self, before: pd.Period) -> pd.DataFrame:
        """Who changed the demand plans of each cycle before a period, by number."""
        with self._database.read() as connection:
            return authors.past_authors(connection, str(before))

    def past_cash(self, before: pd.Period) -> pd.DataFrame:
        """The cash flows that each cycle before a period expected, as rows of past_cash."""
        with self._database.read() as connection:
            return plans.cash_forecasts(connection, str(before))

    def past_forecasts(self, before: pd.Period) -> pd.DataFrame:
        """Champion and challengers of each block in the last cycle before a period."""
        with self._database.read() as connection:
            return plans.forecast_methods(connection, str(before))

    # Workbooks

    def register_issue(
        self,
        build: str,
        cycle: str,
        path: str,
        sha256: str,
        at: dt.datetime,
        mark: Mark | None = None,
    ) -> Issue:
        """Register a workbook that was generated; the same build again changes nothing.

        Args:
            build: The workbook's build.
            cycle: Its cycle.
            path: Where it was written.
            sha256: Hash of the file.
            at: When.
            mark: The point in time of the inputs it was made from, as :meth:`read` gave it;
                None means now.
        """
        with self._database.write() as connection:
            need_cycle(connection, cycle)
            known = books.issue(connection, build)
            if known is not None:
                return known
            mark = mark or books.mark(connection, cycle)
            issued = Issue(build, cycle, path, sha256, mark, at)
            books.register(connection, issued)
            return issued

    def issued(self, build: str) -> Issue | None:
        """What is known of a workbook; None if this store did not issue it."""
        with self._database.read() as connection:
            return books.issue(connection, build)

    # What happened

    def latest_revision(self, cycle: str) -> Revision | None:
        """The last thing that happened to a cycle."""
        with self._database.read() as connection:
            need_cycle(connection, cycle)
            return next(iter(base.revisions(connection, cycle)[-1:]), None)

    def status(self, cycle: str) -> Status:
        """Where a cycle stands; its findings are those of the last load and of the last run."""
        with self._database.read() as connection:
            found = need_cycle(connection, cycle)
            revisions = base.revisions(connection, cycle)
            held = base.held(connection, cycle, books.mark(connection, cycle).revision)
            entries = log.entries(connection, cycle, ~CHANGE.c.carried)
            last = {revision.kind: revision.id for revision in revisions}
            told = [last[kind] for kind in ("load", "run") if kind in last]
            findings = (f for revision in told for f in base.findings(connection, revision))
            return Status(
                found,
                revisions,
                {name: table.rows for name, table in held.items()},
                sum(entry.status == APPLIED for entry in entries),
                sum(entry.status == CONFLICT for entry in entries),
                list(dict.fromkeys(findings)),
                books.issues(connection, ISSUED.c.cycle == cycle),
            )


def _open(
    connection: sa.Connection, cycle: str, at: dt.datetime, carry_from: str | None, author: str
) -> bool:
    """Open a cycle in a transaction; False if it is there already."""
    period_of(cycle)
    if any(found.name == cycle for found in books.cycles(connection)):
        return False
    connection.execute(CYCLE.insert(), Cycle(cycle, at, OPEN)._asdict())
    if carry_from is not None:
        need_cycle(connection, carry_from)
        roll(connection, carry_from, cycle, at, author)
    return True
