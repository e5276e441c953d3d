"""The example as files: the same bytes for the same seed, readable by Excel and people."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pandas as pd

from sop_xl import example
from sop_xl.example import Example


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_seed_always_gives_the_same_bytes(company: Example, tmp_path: Path) -> None:
    example.to_csv(company.frames, tmp_path / "one")
    example.to_csv(example.make().frames, tmp_path / "two")
    example.to_csv(example.make(seed=8).frames, tmp_path / "other")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    changed = {
        name
        for name, digest in digests(tmp_path / "other").items()
        if digest != digests(tmp_path / "one")[name]
    }
    drawn = {"actuals", "stock", "production", "orders", "balance", "past_plans"}
    drawn |= {"exchange_rates", "past_finance", "cash"}
    assert changed == {f"{name}.csv" for name in drawn}


def test_a_file_has_labels_iso_dates_and_a_byte_order_mark(
    company: Example, tmp_path: Path
) -> None:
    example.to_csv({"items": company.frames["items"].tail(1)}, tmp_path)
    data = (tmp_path / "items.csv").read_bytes()
    assert data.decode("utf-8-sig").split("\r\n") == [
        "Item,Name,Family,Lifecycle,Launch,End of life,Like item,Unit,Price,Cost,Lead time,"
        "Material cost,Labour cost,CO2e",
        "TE-108,Featherlight 2,Tents,new,2026-06-01,,TE-102,pcs,319,178.64,45,107.18,53.59,62.52",
        "",
    ]
    assert data.startswith(b"\xef\xbb\xbf")


def test_numbers_months_and_flags_are_written_plainly(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "event": ["2026-11 Sale, online"],
            "kind": ["promotion"],
            "family": ["All"],
            "region": ["All"],
            "channel": ["All"],
            "start": pd.PeriodIndex(["2026-11"], freq="M"),
            "end": pd.PeriodIndex(["NaT"], freq="M"),
            "uplift": [-0.0625],
            "quantity": [1_500.0],
            "cause": [""],
            "included": [False],
        }
    )
    example.to_csv({"events": frame}, tmp_path)
    with (tmp_path / "events.csv").open(encoding="utf-8-sig", newline="") as file:
        row = list(csv.reader(file))[1]
    assert row == [
        "2026-11 Sale, online", "promotion", "All", "All", "All", "2026-11", "", "-0.0625", "1500",
        "", "no",
    ]  # fmt: skip
