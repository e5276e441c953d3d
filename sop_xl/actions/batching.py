"""Many plans: loading and generating every plan folder below a folder."""

from __future__ import annotations

import datetime as dt
import signal
import traceback
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from sop_xl.actions.issuing import generate
from sop_xl.actions.loading import load
from sop_xl.actions.plans import Progress, relative
from sop_xl.errors import SopError
from sop_xl.planning.wording import count
from sop_xl.schema import Finding, Severity, has_errors

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
        return [BatchRow(relative(path, root), name, "failed", "", text) for name in names]


def _one_of_many(work: Work) -> list[BatchRow]:
    path, root, names, author, at, reload = work
    return [_one_workbook(path, root, name, author, at, reload) for name in names]


def _one_workbook(
    path: Path, root: Path, name: str, author: str, at: dt.datetime, reload: bool
) -> BatchRow:
    shown = relative(path, root) if path != root else path.resolve().name
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
    return BatchRow(shown, made.cycle, result, relative(made.path, root), text)


def _counts(findings: Sequence[Finding]) -> str:
    """``3 errors, 1 warning``."""
    numbers = [
        (sum(f.severity is severity for f in findings), severity.value)
        for severity in (Severity.ERROR, Severity.WARNING)
    ]
    return ", ".join(count(number, word) for number, word in numbers if number)
