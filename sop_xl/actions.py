"""What commands and buttons do: one function each, on a plan folder and its store."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import pandas as pd

from sop_xl import __version__, cycle, example, sources
from sop_xl.errors import SopError
from sop_xl.planning.calendar import Axis, axis_of
from sop_xl.planning.wording import count
from sop_xl.schema import Finding, Grid, Severity, has_errors
from sop_xl.sources import PlanFolder
from sop_xl.store import Change, Conflict, Inputs, Issue, Mark, Status, Store, difference
from sop_xl.tables import GRIDS, inputs
from sop_xl.tables.demand import DEMAND_PLAN
from sop_xl.tables.executive import CYCLE_CALENDAR, DECISIONS
from sop_xl.tables.settings import Settings
from sop_xl.workbook.build import build, failed_checks
from sop_xl.workbook.package import write_atomically
from sop_xl.workbook.reader import BookInputs, level_of, read_identity, read_inputs
from sop_xl.workbook.sheet import Identity

TYPED = 1e-6
"""Share by which a figure differs that somebody typed; less is the last digit of a file."""
Progress = Callable[[int, int, str], None]
"""Called with what is done, what there is to do, and a word about it."""


class OpenPlan(NamedTuple):
    """A plan folder with its store open."""

    folder: PlanFolder
    store: Store

    @property
    def settings(self) -> Settings:
        return self.folder.settings


class Loading(NamedTuple):
    """What a load or a check found; no revision where nothing was taken in."""

    cycle: str
    """Empty where the data hold no month."""
    rows: dict[str, int]
    findings: list[Finding]
    revision: int | None


class Run(NamedTuple):
    """A plan as it was computed, and the inputs that it was computed from."""

    plan: cycle.Plan
    axis: Axis
    inputs: Inputs


class Generated(NamedTuple):
    """A workbook that was written."""

    path: Path
    build: str
    cycle: str
    version: int
    checks_failed: int
    findings: list[Finding]
    """What the plan has to say about its inputs."""


class Collected(NamedTuple):
    """What became of the changes in a workbook."""

    book: Path
    cycle: str
    applied: list[Change]
    conflicts: list[Conflict]
    findings: list[Finding]


Work: TypeAlias = tuple[Path, Path, Sequence[str], str, dt.datetime, bool]
"""What a process of a batch is given: plan folder, root, cycles, author, time, whether to load."""


class BatchRow(NamedTuple):
    """One line of a batch: a plan folder and what became of it."""

    plan: str
    cycle: str
    result: Literal["done", "findings", "refused", "failed"]
    """Findings: checks of the workbook failed. Refused: the data have errors. Failed: the machine
    or the program made it impossible."""
    workbook: str
    message: str


# ---- plan folders --------------------------------------------------------------------


@contextmanager
def open_plan(path: Path) -> Iterator[OpenPlan]:
    """A plan folder and its store.

    Raises:
        SopError: There is no plan folder, its settings are wrong, or the store cannot be used.
    """
    folder = PlanFolder(path)
    wrong = [finding for finding in folder.findings if has_errors([finding])]
    if wrong:
        listed = "\n".join(f"  {finding}" for finding in wrong)
        raise SopError(f"The settings of {path} are wrong:\n{listed}", "Mend sop.toml.")
    with Store(folder.store_url, folder.settings.level) as store:
        yield OpenPlan(folder, store)


def init(path: Path, settings: Settings | None = None) -> PlanFolder:
    """Make a plan folder with explained settings and an empty list for each kind of data."""
    return sources.init(path, settings)


def demo(
    path: Path, *, author: str, at: dt.datetime, seed: int = 7, progress: Progress | None = None
) -> tuple[Loading, Generated]:
    """Make the example company in a new folder and run its cycle.

    Raises:
        SopError: The folder is there already and is not empty.
    """
    if path.exists() and any(path.iterdir()):
        raise SopError(f"{path} is not empty.", "Name a new folder: sop-xl demo FOLDER")
    company = example.make(seed)
    try:
        sources.init(path, company.settings)
        example.to_csv(company.frames, path / "data")
        loading = load(path, author=author, at=at, progress=progress)
        return loading, generate(path, progress=progress)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)  # half an example is of no use to anybody
        raise


# ---- data in -------------------------------------------------------------------------


def check(
    path: Path, cycle_name: str | None = None, progress: Progress | None = None
) -> Loading:
    """Read and check everything that a plan folder delivers; take nothing in."""
    folder = PlanFolder(path)
    loaded = sources.load(folder, _period(cycle_name), progress)
    return Loading(_name(loaded.cycle), _rows(loaded.frames), loaded.findings, None)


def load(
    path: Path,
    cycle_name: str | None = None,
    *,
    author: str,
    at: dt.datetime,
    progress: Progress | None = None,
) -> Loading:
    """Take what a plan folder delivers into its store: all of it, or nothing if there is an error.

    A new cycle opens with what is still open in the one before.
    """
    folder = PlanFolder(path)
    loaded = sources.load(folder, _period(cycle_name), progress)
    name, rows = _name(loaded.cycle), _rows(loaded.frames)
    if has_errors(loaded.findings):
        return Loading(name, rows, loaded.findings, None)
    with open_plan(path) as plan:
        revision = plan.store.save_load(
            name, loaded.frames, loaded.findings, author, at, opens=True
        )
    return Loading(name, rows, loaded.findings, revision)


def _name(found: pd.Period) -> str:
    """The name of a cycle; empty where the data hold no month."""
    return "" if found == sources.NO_CYCLE else str(found)


def _rows(frames: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    return {name: len(frame) for name, frame in frames.items() if name != "load_report"}


# ---- the plan ------------------------------------------------------------------------


def run(
    path: Path, cycle_name: str | None = None, progress: Progress | None = None
) -> Run:
    """Run the steps of a cycle on what the store holds, and keep the versions of the plan."""
    with open_plan(path) as plan:
        name = _cycle(plan, cycle_name)
        done = _run(plan, name, progress)
        _keep(plan, name, done.plan)
    return done


def _run(plan: OpenPlan, name: str, progress: Progress | None = None) -> Run:
    held = plan.store.read(name)
    axis = axis_of(plan.settings, pd.Period(name, "M"))
    frames = dict(held.frames)
    frames["past_plans"] = _past_plans(plan.store, frames["past_plans"], axis.first)
    steps = list(cycle.STEPS)

    def tell(step: cycle.Step) -> None:
        if progress:
            progress(steps.index(step), len(steps), step.title)

    made = cycle.run(frames, plan.settings, axis, held.findings, progress=tell)
    return Run(made, axis, held)


def _past_plans(store: Store, loaded: pd.DataFrame, first: pd.Period) -> pd.DataFrame:
    """Plans of earlier cycles: those made here, and delivered ones of cycles not made here."""
    own = store.past_plans(first)
    if own.empty:
        return loaded
    older = loaded[~loaded["cycle"].isin(own["cycle"].unique())]
    return pd.concat([older, own[loaded.columns]], ignore_index=True)


def _keep(plan: OpenPlan, name: str, made: cycle.Plan) -> None:
    """Keep the versions of a plan, dated like the inputs they follow from."""
    latest = plan.store.latest_revision(name)
    if latest is not None:
        plan.store.save_plan(name, made.frames, made.findings, latest.author, latest.saved_at)


# ---- the workbook --------------------------------------------------------------------


def generate(
    path: Path,
    cycle_name: str | None = None,
    *,
    out: Path | None = None,
    progress: Progress | None = None,
) -> Generated:
    """Run a cycle and write its workbook. The same inputs give the same workbook, byte for byte.

    Args:
        out: The file; ``cycles/<month>/SOP_<month>.xlsx`` in the plan folder if not given.
    """
    with open_plan(path) as plan:
        name = _cycle(plan, cycle_name)
        target = out or plan.folder.cycle(pd.Period(name, "M")) / f"SOP_{name}.xlsx"
        edited = _refuse_unread(plan, target)
        done = _run(plan, name, progress)
        done = _seed(plan, name, done, progress)
        _keep(plan, name, done.plan)
        identity = _identity(plan, name, done.inputs.mark)
        frames = dict(done.plan.frames) | {"change_log": plan.store.changes(name)}
        data = build(frames, plan.settings, done.axis, identity, progress)
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(data).hexdigest()
        shown = _relative(target, plan.folder.path)
        # first on record, then on disk: a book that is there can always be collected
        plan.store.register_issue(
            identity.build, name, shown, digest, identity.generated_at, done.inputs.mark
        )
        if edited:  # it may hold sheets and notes of people's own
            write_atomically(_kept_as(target), target.read_bytes())
        write_atomically(target, data)
    failed = failed_checks(frames["checks"])
    return Generated(
        target, identity.build, name, identity.version, failed, done.plan.findings
    )


def _kept_as(book: Path) -> Path:
    """The name under which an edited workbook stays beside the one that replaces it."""
    names = (f"{book.stem}_edited{number}{book.suffix}" for number in ("", *range(2, 1000)))
    return next(place for place in map(book.with_name, names) if not place.exists())


def _refuse_unread(plan: OpenPlan, target: Path) -> bool:
    """Never write over a workbook that holds what has not been collected, or that is not ours.

    Returns:
        Whether somebody saved a workbook there since it was issued.
    """
    if not target.exists():
        return False
    identity = read_identity(target)
    build_of_file = identity["build"]
    issue = plan.store.issued(build_of_file)
    if issue is None:
        raise SopError(
            f"{target} was not issued by this plan and is not written over.",
            "Move it away, or name another file with --out.",
        )
    if hashlib.sha256(target.read_bytes()).hexdigest() == issue.sha256:
        return False
    _refuse_level(plan, target, identity)
    held = read_inputs(target)
    if has_errors(held.findings) or _typed(plan, held, build_of_file, target).changes:
        raise SopError(
            f"{target} holds changes that were not collected; it is not written over.",
            f"Collect it first: sop-xl collect {target} (conflicts: with --prefer book).",
        )
    return True


def _seed(plan: OpenPlan, name: str, done: Run, progress: Progress | None) -> Run:
    """Keep what the plan proposes where nobody has written anything, so that it stands still.

    It is an input of the book from then on; the plan itself does not change by it.
    """
    before, latest = done.inputs, plan.store.latest_revision(name)
    proposed = {}
    for table in (CYCLE_CALENDAR, DECISIONS):
        frame = done.plan.frames[table.name][[c.name for c in table.inputs]]
        if difference(before.frames[table.name], frame, table):
            proposed[table.name] = frame
    if latest is None or not proposed:
        return done
    revision = plan.store.save_load(
        name, proposed, [], latest.author, latest.saved_at, "Proposed by the plan", kind="proposal"
    )
    now = plan.store.read(name)
    if (now.mark.revision, now.mark.change) == (revision, before.mark.change):
        return done._replace(inputs=now)
    return _run(plan, name, progress)  # somebody collected a workbook in between


def _identity(plan: OpenPlan, name: str, mark: Mark) -> Identity:
    """Which book this is: everything in it follows from the store, nothing from the clock."""
    taken_in = [
        revision
        for revision in plan.store.status(name).revisions
        if revision.kind != "run" and revision.id <= mark.revision
    ]
    latest, settings = taken_in[-1], plan.settings
    # hashes of what was taken in, not numbers of revisions: those depend on what else ran
    told = [__version__, name, repr(settings), *(r.hash for r in taken_in)]
    digest = hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
    title = " · ".join(part for part in (settings.company, settings.entity) if part)
    version = sum(revision.kind in ("load", "collect") for revision in taken_in)
    return Identity(title, name, version, digest, latest.saved_at, latest.author)


def _relative(path: Path, folder: Path) -> str:
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return str(path)


# ---- what people typed ---------------------------------------------------------------


def collect(
    path: Path,
    book: Path,
    *,
    author: str,
    at: dt.datetime,
    prefer: Literal["store", "book"] = "store",
) -> Collected:
    """Take back what people changed in a workbook that this plan issued.

    Raises:
        SopError: The workbook is not one of this plan, or of another cycle's structure.
    """
    with open_plan(path) as plan:
        identity = read_identity(book)
        issue = plan.store.issued(identity["build"])
        if issue is None:
            raise SopError(
                f"{book} (build {identity['build']}, {identity['plan']} {identity['cycle']}) was "
                f"not issued by the plan in {path}.",
                "Collect it in the plan folder it came from.",
            )
        newest = max(c.name for c in plan.store.cycles())
        if issue.cycle != newest:
            raise SopError(
                f"{book} belongs to the cycle {issue.cycle}; the plan is at {newest} by now.",
                f"Enter what is still wanted in the workbook of {newest}.",
            )
        _refuse_level(plan, book, identity)
        held = read_inputs(book)
        if has_errors(held.findings):
            return Collected(book, issue.cycle, [], [], held.findings)
        typed = _typed(plan, held, issue.build, book)
        result = plan.store.append_changes(
            issue.cycle, typed.changes, author, at, issue.build, prefer=prefer, file=typed.file
        )
        findings = [*held.findings, *typed.findings, *_baseline_typed_over(plan, held, issue)]
        if result.applied:
            findings += _rerun(plan, issue.cycle, result.applied)
    return Collected(book, issue.cycle, result.applied, result.conflicts, findings)


def _rerun(plan: OpenPlan, name: str, applied: Sequence[Change]) -> list[Finding]:
    """Run the plan on what was taken over, and find inputs for blocks that it does not have."""
    done = _run(plan, name)
    _keep(plan, name, done.plan)
    findings = []
    for grid in (grid.for_level(plan.settings.level) for grid in GRIDS.values() if grid.inputs):
        keys = done.plan.frames[grid.name][grid.key_names].drop_duplicates()
        blocks = set(keys.itertuples(index=False, name=None))
        for change in applied:
            if change.table == f"{grid.name}_inputs":
                row = json.loads(change.key)
                block = tuple(row[column] for column in grid.key_names)
                if block not in blocks:
                    findings.append(_no_block(grid, change, " · ".join(block)))
    return findings


def _baseline_typed_over(plan: OpenPlan, held: BookInputs, issue: Issue) -> list[Finding]:
    """Cells of the baseline that do not show what the plan computed for the book.

    After another load the plan has another baseline than the book, and nothing can be said.
    """
    revisions = plan.store.status(issue.cycle).revisions
    if any(r.kind == "load" and r.id > issue.mark.revision for r in revisions):
        return []
    level = list(plan.settings.level)
    versions = plan.store.past_plans(pd.Period(issue.cycle, "M") + 1)
    computed = versions[versions["cycle"] == pd.Period(issue.cycle, "M")]
    findings = []
    for *key, period, baseline in computed[[*level, "period", "baseline"]].itertuples(index=False):
        spot = (DEMAND_PLAN.name, (*key, str(period)), "baseline")
        shown = held.figures.get(spot, baseline)
        if not isinstance(shown, int | float) or abs(shown - baseline) > TYPED * max(1, baseline):
            sheet, _, cell = held.cells[spot].partition("!")
            findings.append(_typed_over(held.file, sheet, cell, shown))
    return findings


def _typed_over(file: str, sheet: str, cell: str, shown: object) -> Finding:
    return Finding(
        DEMAND_PLAN.name,
        f"the baseline was typed over with {shown!r}; the value is not taken over.",
        "Type the difference beside ± Sales, or the number as Fixed consensus, with a reason.",
        Severity.WARNING,
        file,
        sheet,
        cell,
    )


def _no_block(grid: Grid, change: Change, key: str) -> Finding:
    sheet, _, cell = change.cell.rpartition("!")
    return Finding(
        change.table,
        f"{key} is no block of {grid.label}: what was typed there moves nothing.",
        "Mend the key, or type it in the block that is meant.",
        Severity.WARNING,
        sheet=sheet,
        cell=cell,
    )


def _refuse_level(plan: OpenPlan, book: Path, identity: dict[str, str]) -> None:
    """A book of another planning level has other blocks: its inputs would go astray."""
    level = level_of(identity)
    if level != plan.settings.level:
        raise SopError(
            f"{book} was made at the planning level {' x '.join(level)}; the plan is at "
            f"{' x '.join(plan.settings.level)} by now.",
            "Set planning_level back to collect it, or enter what is wanted in a new workbook.",
        )


class _Typed(NamedTuple):
    """What somebody typed in a copy of a workbook, and how the store calls the copy."""

    changes: list[Change]
    file: str
    findings: list[Finding]


def _typed(plan: OpenPlan, held: BookInputs, build_of_book: str, book: Path) -> _Typed:
    """Compare a book with what was issued, and with what was collected from this copy since.

    People lay their copies in one another's place: a book that shows nothing of what was collected
    from this file before is another copy, and takes back nothing of it.
    """
    issued = plan.store.inputs_as_issued(build_of_book)
    changes = _differences(plan, held, issued)
    spots = {_spot(change) for change in changes}
    name, copies = str(book.resolve()), 1
    while True:
        file = name if copies == 1 else f"{name} (copy {copies})"
        since = plan.store.inputs_as_issued(build_of_book, file)
        collected = {_spot(change) for change in _between(plan, issued, since)}
        if not collected:
            break
        if collected & spots:
            return _Typed(_differences(plan, held, since), file, [])
        copies += 1
    findings = [_reverted(book)] if copies > 1 and not changes else []
    return _Typed(changes, file, findings)


def _reverted(book: Path) -> Finding:
    return Finding(
        "change_log",
        "the workbook shows nothing of what was collected from it before; that stays in the plan.",
        "To take it back, type the values that are wanted into a newly generated workbook.",
        Severity.WARNING,
        book.name,
    )


def _spot(change: Change) -> tuple[str, str, str]:
    return change.table, change.key, change.column


def _differences(
    plan: OpenPlan, held: BookInputs, as_issued: Mapping[str, pd.DataFrame]
) -> list[Change]:
    """What differs in a book from what was issued, with the cell it stands in."""
    tables = plan.store.tables
    return [
        change._replace(cell=held.cell_of(tables[change.table], change.key, change.column))
        for change in _between(plan, as_issued, held.frames)
        if held.was_read(tables[change.table], change.key, change.column)
    ]


def _between(
    plan: OpenPlan, before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]
) -> Iterator[Change]:
    """What differs between two states of the inputs."""
    for name, frame in after.items():
        yield from difference(before[name], frame, plan.store.tables[name])


def plan_folder_of(book: Path) -> Path:
    """The plan folder that a workbook lies in.

    Raises:
        SopError: There is none above it.
    """
    if not book.exists():
        raise SopError(f"{book} does not exist.", "Check the name of the workbook.")
    for folder in book.resolve().parents:
        if (folder / "sop.toml").exists():
            return folder
    raise SopError(
        f"{book} lies in no plan folder.", "Name the folder with --plan."
    )


# ---- looking -------------------------------------------------------------------------


def status(path: Path) -> list[Status]:
    """Where the cycles of a plan stand, oldest first."""
    with open_plan(path) as plan:
        return [plan.store.status(found.name) for found in plan.store.cycles()]


def diff(old: Path, new: Path) -> list[Change]:
    """What differs between the inputs of two workbooks, cell by cell.

    Raises:
        SopError: A workbook cannot be read, or they were made at different planning levels.
    """
    one, two = read_inputs(old), read_inputs(new)
    levels = [level_of(book.identity) for book in (one, two)]
    if levels[0] != levels[1]:
        raise SopError(
            f"{old} and {new} were made at different planning levels.",
            "Compare workbooks of one level.",
        )
    declared = inputs(levels[1])
    return [
        change._replace(cell=two.cell_of(declared[name], change.key, change.column))
        for name, found in two.frames.items()
        if name in one.frames
        for change in difference(one.frames[name], found, declared[name])
        if one.was_read(declared[name], change.key, change.column)
        and two.was_read(declared[name], change.key, change.column)
    ]


# ---- many plans ----------------------------------------------------------------------


def find_plans(root: Path) -> list[Path]:
    """The plan folders below a folder, in order."""
    return sorted(file.parent for file in root.rglob("sop.toml"))


def batch(
    root: Path,
    *,
    author: str,
    at: dt.datetime,
    cycles: Sequence[str] = (),
    jobs: int = 1,
    reload: bool = True,
    progress: Progress | None = None,
) -> list[BatchRow]:
    """Load and generate every plan folder below a folder; one that fails never stops the rest.

    Args:
        cycles: The cycles to generate; the newest of each plan if none is named.
        jobs: Processes at a time.
        reload: Whether to load the data first, or to generate from what the store holds.
    """
    if not root.is_dir():
        problem = "is no folder" if root.exists() else "does not exist"
        raise SopError(f"{root} {problem}.", "Name the folder that holds the plan folders.")
    plans = find_plans(root)
    if not plans:
        raise SopError(f"There is no plan folder below {root}.", "Make one with sop-xl init.")
    # the cycles of one plan share its store: they go one after the other, in order
    work = [(plan, root, sorted(cycles) or [""], author, at, reload) for plan in plans]
    if jobs == 1:
        return [row for one in _counted(map(_one_of_many, work), plans, progress) for row in one]
    pool = ProcessPoolExecutor(jobs, initializer=_leave_interrupts)
    try:
        futures = [pool.submit(_one_of_many, one) for one in work]
        results = (_outcome(future, one) for future, one in zip(futures, work, strict=True))
        return [row for one in _counted(results, plans, progress) for row in one]
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that waits; those that work finish the plan they are at."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _counted(
    results: Iterable[list[BatchRow]], plans: Sequence[Path], progress: Progress | None
) -> Iterator[list[BatchRow]]:
    for done, rows in enumerate(results, start=1):
        if progress:
            progress(done, len(plans), rows[-1].plan)
        yield rows


def _outcome(future: Future[list[BatchRow]], work: Work) -> list[BatchRow]:
    """The rows of a plan; a process that died is a failed row, not the end of the batch."""
    try:
        return future.result()
    except BrokenExecutor:  # whichever plan it worked at, all that were waiting go with it
        return _alone(work)


def _alone(work: Work) -> list[BatchRow]:
    """Once more, in a process that dies for nobody else."""
    try:
        with ProcessPoolExecutor(1, initializer=_leave_interrupts) as pool:
            return pool.submit(_one_of_many, work).result()
    except BrokenExecutor:
        path, root, names = work[:3]
        text = "its process was killed, perhaps for want of memory"
        return [BatchRow(_relative(path, root), name, "failed", "", text) for name in names]


def _one_of_many(work: Work) -> list[BatchRow]:
    path, root, names, author, at, reload = work
    return [_one_workbook(path, root, name, author, at, reload) for name in names]


def _one_workbook(
    path: Path, root: Path, name: str, author: str, at: dt.datetime, reload: bool
) -> BatchRow:
    shown = _relative(path, root) if path != root else path.resolve().name
    found: list[Finding] = []
    try:
        if reload:
            loading = load(path, name or None, author=author, at=at)
            if loading.revision is None:
                first = next(f for f in loading.findings if has_errors([f]))
                text = f"{_counts(loading.findings)}; the first: {first}"
                return BatchRow(shown, loading.cycle, "refused", "", text)
            found += loading.findings
        made = generate(path, name or None)
    except SopError as error:
        return BatchRow(shown, name, "failed", "", " ".join(str(error).split()))
    except Exception as error:  # one plan must not stop the others; the trace says what to mend
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        return BatchRow(shown, name, "failed", "", f"{type(error).__name__} at {where}: {error}")
    failed = f"{count(made.checks_failed, 'check')} failed" if made.checks_failed else ""
    text = ", ".join(part for part in (_counts([*found, *made.findings]), failed) if part)
    result: Literal["done", "findings"] = "findings" if made.checks_failed else "done"
    return BatchRow(shown, made.cycle, result, _relative(made.path, root), text)


def _counts(findings: Sequence[Finding]) -> str:
    """``3 errors, 1 warning``."""
    numbers = [
        (sum(f.severity is severity for f in findings), severity.value)
        for severity in (Severity.ERROR, Severity.WARNING)
    ]
    return ", ".join(count(number, word) for number, word in numbers if number)


# ---- pieces --------------------------------------------------------------------------


def _period(name: str | None) -> pd.Period | None:
    if name is None:
        return None
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", name):
        raise SopError(f"{name} is no cycle.", "A cycle is named by its first plan month: 2026-10.")
    return pd.Period(name, "M")


def _cycle(plan: OpenPlan, name: str | None) -> str:
    """The cycle that is meant: the newest one if none is named."""
    _period(name)
    known = [found.name for found in plan.store.cycles()]
    if not known:
        raise SopError("Nothing has been loaded yet.", f"sop-xl load {plan.folder.path}")
    if name is None:
        return max(known)
    if name not in known:
        raise SopError(
            f"There is no cycle {name}; there are {', '.join(known)}.",
            f"sop-xl load {plan.folder.path} --cycle {name}",
        )
    return name

