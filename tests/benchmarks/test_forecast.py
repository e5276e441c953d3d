"""The benchmark of forecasts: sets, processes, the table; on drawn series, without peers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import forecast
from benchmarks.forecast import Answer, Peers, Row
from benchmarks.forecasting import methods, sets
from benchmarks.forecasting.measures import Forecasts
from tests.benchmarks.conftest import DataFolder

BLOCK = sets.synthetic(8, length=40, horizon=6)
SIZES = {
    # series, shortest and longest history, horizon: README of the data
    "m3": ("m3_monthly.parquet", 1428, 48, 126, 18),
    "hospital": ("hospital_monthly.parquet", 767, 72, 72, 12),
    "stallion": ("stallion_beer_monthly.parquet", 350, 48, 48, 12),
    "carparts": ("carparts_monthly.parquet", 2509, 45, 45, 6),
    "adventureworks": ("adventureworks/sales_monthly_sku_territory.parquet", 243, 30, 30, 6),
}


# ---- sets ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", SIZES)
def test_the_known_sets_have_their_known_sizes(data: DataFolder, name: str) -> None:
    file, count, shortest, longest, horizon = SIZES[name]
    block = sets.load(name, data(file))
    lengths = [len(values) for values in block.history]
    assert (len(lengths), min(lengths), max(lengths)) == (count, shortest, longest)
    assert block.actual.shape == (count, horizon)


def test_drawn_series_are_the_same_every_time_and_of_all_kinds() -> None:
    again = sets.synthetic(8, length=40, horizon=6)
    assert all(map(np.array_equal, BLOCK.history, again.history))
    assert min(len(values) for values in BLOCK.history) < 30
    assert max((values == 0).mean() for values in BLOCK.history) > 0.5


def test_a_set_can_be_cut() -> None:
    block = sets.held_back("counted", 1, [np.arange(9.0), np.arange(4.0)], 2)
    assert block.actual.tolist() == [[7, 8], [2, 3]]
    assert [values.tolist() for values in block.shortened(3).history] == [[4, 5, 6], [0, 1]]
    earlier = block.earlier(3)  # 0..5 are left of the first, too little of the second
    assert (earlier.history[0].tolist(), earlier.actual.tolist()) == ([0, 1, 2, 3], [[4, 5]])
    assert [len(values) for values in block.sample(1).history] == [7]


def test_a_set_that_is_not_there_is_told_plainly() -> None:
    with pytest.raises(FileNotFoundError, match="m3 needs a folder of data: --data"):
        sets.load("m3", None)


def test_the_long_frame_ends_all_series_in_the_same_month() -> None:
    values, lengths = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2, 3])
    frame = methods.long_frame(values, lengths, 12)
    assert frame["y"].tolist() == [1, 2, 3, 4, 5]
    assert frame["ds"].dt.strftime("%m").tolist() == ["08", "09", "07", "08", "09"]
    assert frame["unique_id"].tolist() == ["0000000"] * 2 + ["0000001"] * 3


# ---- processes -----------------------------------------------------------------------


def test_the_engine_answers_in_a_process_of_its_own(tmp_path: Path) -> None:
    answer = forecast.run(methods.ENGINE, BLOCK, tmp_path)
    assert answer.forecasts.mean.shape == BLOCK.actual.shape
    for level in (80, 95):
        assert np.all(answer.forecasts.low[level] <= answer.forecasts.high[level])
    assert answer.costs["seconds"] > 0
    assert answer.costs["warnings"] == 0


def test_what_was_kept_is_not_asked_again(tmp_path: Path) -> None:
    first = Peers(sys.executable, tmp_path, 1).ask(methods.ENGINE, BLOCK, tmp_path)
    again = Peers("nobody", tmp_path, 1).ask(methods.ENGINE, BLOCK, tmp_path)
    assert np.array_equal(first.forecasts.mean, again.forecasts.mean)
    with pytest.raises(FileNotFoundError):
        Peers("nobody", tmp_path, 1).ask(methods.ENGINE, BLOCK.shortened(20), tmp_path)


def test_a_method_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="NoSuchModel failed:"):
        forecast.run("NoSuchModel", BLOCK, tmp_path)


# ---- the table -----------------------------------------------------------------------


def test_a_combination_is_the_mean_at_the_cost_of_all() -> None:
    def answer(level: float, seconds: float, megabytes: float) -> Answer:
        values = np.full((1, 2), level)
        ranges = {80: values, 95: values}
        return Answer(
            Forecasts(values, ranges, ranges), {"seconds": seconds, "megabytes": megabytes}
        )

    found = forecast.combined([answer(1, 0.5, 90), answer(4, 2, 70)])
    assert found.forecasts.mean.tolist() == [[2.5, 2.5]]
    assert found.forecasts.high[95].tolist() == [[2.5, 2.5]]
    assert found.costs == {"seconds": 2.5, "megabytes": 90}


def test_the_table_goes_between_the_marks_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    begin = forecast.BEGIN.format(part="sets")
    page.write_text(f"# Before\n{begin}\nold\n{forecast.END}\nAfter\n", "utf-8")
    rows = [Row("engine", {"OWA": 0.79449, "bias": 1.0, "MASE": float("nan")}, "")]
    forecast.write(page, forecast.as_markdown({"drawn: 8 series": rows}))
    lines = page.read_text("utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("# Before", "After")
    assert "old" not in lines
    assert "#### drawn: 8 series" in lines
    assert [cell.strip() for cell in lines[-4].split("|")][1:8] == [
        "engine", "0.794", "", "", "", "", "+1.0",
    ]  # fmt: skip
    with pytest.raises(SystemExit, match="no place for the table"):
        forecast.write(page, [], "further")


def test_the_whole_command_runs_on_drawn_series_without_peers() -> None:
    done = subprocess.run(
        [sys.executable, forecast.__file__, "--series", "12"], check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    assert "synthetic: 12 series" in done.stdout
    assert "Measured on" in done.stdout
    line = next(line for line in done.stdout.splitlines() if line.split()[:1] == ["engine"])
    assert 0 < float(line.split()[1]) < 2
