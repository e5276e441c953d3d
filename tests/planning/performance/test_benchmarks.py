"""What others reach, beside the own KPIs."""

import numpy as np

from sop_xl.planning.performance.benchmarks import findings, references
from sop_xl.tables.benchmarks import BENCHMARKS
from tests.planning.rows import rows

GIVEN = rows(BENCHMARKS.inputs, """
    kpi              typical  source             year
    OTIF             0.9      A study            2024
    Inventory turns  .        Another of turns   2019
    Fill rate        0.97     A third            2020
""")  # fmt: skip


def test_a_reference_stands_beside_its_kpi_with_its_source() -> None:
    found = references(["Otif", "Inventory turns", "Forecast bias"], GIVEN)
    np.testing.assert_array_equal(found["reference"], [0.9, np.nan, np.nan])
    assert found["reference_source"].tolist() == ["A study, 2024", "Another of turns, 2019", ""]


def test_a_reference_with_half_a_source_has_no_comma() -> None:
    given = rows(BENCHMARKS.inputs, "kpi  typical  source  year\nA  1  .  2020\nB  1  A study  .\n"
                                    "C  1  .  .")  # fmt: skip
    assert references("ABC", given)["reference_source"].tolist() == ["2020", "A study", ""]


def test_a_reference_of_no_kpi_is_told() -> None:
    [found] = findings(GIVEN, ["OTIF", "Inventory turns"])
    assert found.message == "No KPI of the book is called Fill rate: its reference is not shown."
    assert findings(GIVEN, GIVEN["kpi"]) == []


def test_the_example_names_who_published_each_figure() -> None:
    from sop_xl.example.benchmarks import benchmarks

    assert benchmarks()[["source", "year", "note"]].notna().all(axis=None)
