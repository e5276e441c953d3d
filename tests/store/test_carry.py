"""The roll into the next cycle: what is open goes over, what is over stays behind."""

from __future__ import annotations

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from sop_xl.schema import Severity
from sop_xl.store import Store
from sop_xl.store.carry import ongoing
from tests.store.company import (
    DEALS,
    NOVEMBER,
    OCTOBER,
    TABLES,
    at,
    first_load,
    frame,
    issue,
    typed,
)


def type_in(store: Store, **found: str) -> None:
    """Collect a workbook in which tables look as the texts say."""
    issued = issue(store)
    changes = [
        change._replace(reason="agreed", cell="Sheet!B8")
        for table, text in found.items()
        for change in typed(frame(table, text), table, issued)
    ]
    store.append_changes(OCTOBER, changes, "ann", at(3), "b1")


def roll(store: Store) -> None:
    assert store.open_cycle(NOVEMBER, at(30), carry_from=OCTOBER, author="ben")


def keys(store: Store, table: str) -> list[str]:
    frame_ = store.inputs(NOVEMBER)[table]
    return [str(key) for key in frame_[TABLES[table].keys[-1]]]


@pytest.mark.parametrize(
    ("table", "text", "left"),
    [
        ("decisions", """
            decision  question  status             due
            D-1       ?         proposed           2026-10-20
            D-2       ?         rejected           2026-12-01
            D-3       ?         escalated          .
            D-4       ?         approved           2026-10-20
            D-5       ?         approved           2026-12-01
            D-6       ?         approved           .
         """, ["D-1", "D-3", "D-5", "D-6"]),
        ("assumptions", """
            assumption  text  status
            A-1         ?     valid
            A-2         ?     wrong
            A-3         ?     in doubt
         """, ["A-1", "A-3"]),
        ("actions", """
            action  description  owner  due         status
            T-1     ?            ann    2026-09-01  open
            T-2     ?            ann    2026-12-01  cancelled
            T-3     ?            ann    2026-10-15  done
            T-4     ?            ann    2023-10-15  done
         """, ["T-1", "T-3"]),
        ("risks", """
            risk  description  probability  impact  status
            R-1   ?            0.5          1000    open
            R-2   ?            0.5          1000    closed
         """, ["R-1"]),
        ("events", """
            event  start    end      quantity
            E-1    2023-09  2023-10  5
            E-2    2023-10  2023-11  5
            E-3    2026-10  2026-10  5
         """, ["E-2", "E-3"]),
        ("cleansing", """
            family  region  period   status    own_value
            Skis    North   2025-03  accepted  .
            Boots   North   2026-05  .         40
         """, ["2025-03", "2026-05"]),
        ("exceptions", """
            exception        status      comment
            Skis short       for review  Ask the plant
            Boots over       done        Sold off
         """, ["Skis short"]),
        ("cycle_calendar", """
            step      status
            1 Data    done
         """, []),
        ("capacity_inputs", """
            resource  period   overtime
            Press     2026-10  80
            Press     2026-11  40
         """, ["2026-11"]),
        ("demand_plan_inputs", """
            family  region  period   fixed  reason
            Skis    North   2026-10  800    other
            Skis    North   2027-01  900    other
         """, ["2027-01"]),
    ],
)  # fmt: skip
def test_what_is_still_open_goes_over(store: Store, table: str, text: str, left: list[str]) -> None:
    first_load(store)
    type_in(store, **{table: text})
    roll(store)
    assert keys(store, table) == left
    before, after = store.inputs(OCTOBER)[table], store.inputs(NOVEMBER)[table]
    kept = before[before[TABLES[table].keys[-1]].astype(str).isin(left)]
    assert_frame_equal(after, kept.reset_index(drop=True))


def test_the_new_cycle_waits_for_its_own_data_and_starts_its_own_log(store: Store) -> None:
    first_load(store)
    type_in(store, decisions="decision  question\nD-1  ?")
    roll(store)
    inputs = store.read(NOVEMBER)
    assert all(inputs.frames[name].empty for name in ("items", "actuals", "pipeline"))
    assert inputs.findings == []
    assert set(store.changes(NOVEMBER)["cycle"].astype(str)) == {OCTOBER}  # what it came from
    assert store.status(NOVEMBER).changes == 0
    latest = store.latest_revision(NOVEMBER)
    assert latest is not None
    assert (latest.kind, latest.author, latest.saved_at) == ("carry", "ben", at(30))


FAMILIES = frame("families", "family  target_days\nSkis  30\nBoots  20")
ACTIONS = frame(
    "actions",
    """
    action  description  owner  due         status
    T-1     Call O-1     ann    2026-10-15  open
    T-2     Hire         ben    2026-10-20  open
""",
)


def two_months(store: Store, second: dict[str, pd.DataFrame], **found: str) -> None:
    """October with what people typed, then the load of November."""
    first_load(store)
    store.save_load(OCTOBER, {"families": FAMILIES, "actions": ACTIONS}, [], "ann", at(1))
    type_in(store, **found)
    roll(store)
    store.save_load(NOVEMBER, second, [], "ann", at(31))


def test_what_people_typed_over_a_source_holds_while_the_source_says_the_same(store: Store) -> None:
    found = "family  target_days\nSkis  45\nBoots  20"
    two_months(store, {"families": FAMILIES}, families=found)
    inputs = store.read(NOVEMBER)
    assert inputs.frames["families"]["target_days"].tolist() == [45.0, 20.0]
    assert inputs.findings == []
    assert set(store.changes(NOVEMBER)["cycle"].astype(str)) == {OCTOBER}  # what it came from


def test_a_source_that_moved_on_wins_and_says_so(store: Store) -> None:
    found = "family  target_days\nSkis  45\nBoots  20"
    newer = FAMILIES.assign(target_days=[60.0, 20.0])
    two_months(store, {"families": newer}, families=found)
    inputs = store.read(NOVEMBER)
    assert inputs.frames["families"]["target_days"].tolist() == [60.0, 20.0]
    (finding,) = inputs.findings
    assert (finding.table, finding.severity) == ("families", Severity.WARNING)
    assert finding.message == (
        "Skis: Target days: ann changed 30 to 45 in the last cycle; "
        "the source has changed to 60 since, and that is used."
    )
    issued = issue(store, "b2", NOVEMBER)
    again = typed(newer.assign(target_days=[50.0, 20.0]), "families", issued)
    store.append_changes(NOVEMBER, again, "ben", at(31), "b2")
    assert store.inputs(NOVEMBER)["families"]["target_days"].tolist() == [50.0, 20.0]
    assert store.read(NOVEMBER).findings == []


@pytest.mark.parametrize("delivered", [True, False])
def test_actions_live_on_whether_a_source_delivers_them_or_not(
    store: Store, delivered: bool
) -> None:
    found = """
        action  description  owner  due         status
        T-1     Call O-1     ann    2026-10-15  done
        T-2     Hire         ben    2026-10-20  open
        T-3     Ship         ann    2026-11-20  open
    """
    second = {"actions": ACTIONS if delivered else frame("actions")}
    two_months(store, second, actions=found)
    assert_frame_equal(store.inputs(NOVEMBER)["actions"], frame("actions", found))


def test_rows_that_people_took_out_of_a_source_stay_out(store: Store) -> None:
    only_second = """
        opportunity  family  region  stage  quantity  probability  close_date  included
        O-2          Skis    South   lead   80        0.1          9999-12-31  no
    """
    two_months(store, {"pipeline": DEALS}, pipeline=only_second)
    assert_frame_equal(store.inputs(NOVEMBER)["pipeline"], frame("pipeline", only_second))


def test_what_was_typed_goes_over_month_after_month_with_its_author(store: Store) -> None:
    two_months(store, {"families": FAMILIES}, families="family  target_days\nSkis  45\nBoots  20")
    store.open_cycle("2026-12", at(31, 10), carry_from=NOVEMBER)
    store.save_load("2026-12", {"families": FAMILIES.iloc[:1]}, [], "ann", at(31, 11))
    assert store.inputs("2026-12")["families"]["target_days"].tolist() == [45.0]
    store.open_cycle("2027-01", at(31, 12), carry_from="2026-12")
    newer = FAMILIES.assign(target_days=[10.0, 20.0])
    store.save_load("2027-01", {"families": newer}, [], "ann", at(31, 13))
    assert "ann changed 30 to 45" in store.read("2027-01").findings[0].message


def test_a_new_row_that_the_source_has_by_now_is_the_source_s(store: Store) -> None:
    typed_deal = DEALS.iloc[:1].assign(opportunity="O-9", quantity=7.0)
    with_typed = pd.concat([DEALS, typed_deal], ignore_index=True)
    first_load(store)
    changes = typed(with_typed, "pipeline", issue(store))
    store.append_changes(OCTOBER, changes, "ann", at(3), "b1")
    roll(store)
    assert store.inputs(NOVEMBER)["pipeline"]["opportunity"].tolist() == ["O-9"]
    delivered = pd.concat([DEALS, typed_deal.assign(quantity=8.0)], ignore_index=True)
    store.save_load(NOVEMBER, {"pipeline": delivered}, [], "ann", at(31))
    inputs = store.read(NOVEMBER)
    assert_frame_equal(inputs.frames["pipeline"], delivered)
    assert len(inputs.findings) == 1


def test_a_cycle_may_start_with_nothing(store: Store) -> None:
    first_load(store)
    type_in(store, decisions="decision  question\nD-1  ?")
    store.open_cycle(NOVEMBER, at(30))
    assert store.inputs(NOVEMBER)["decisions"].empty
    assert store.latest_revision(NOVEMBER) is None


def test_a_long_ramp_stays_in_the_list_until_it_and_a_year_are_over() -> None:
    """In November 2026: 60 months from January 2021 and 12 more end in December 2026."""
    list_ = frame("launches", """
        item  region  channel  kind       start    ramp  curve      included
        A     All     All      phase-out  2021-01  60    .          yes
        B     All     All      phase-out  2020-10  60    .          yes
        C     All     All      launch     2023-11  6     .          yes
        D     All     All      launch     2023-10  6     .          yes
        E     All     All      launch     2023-10  .     20 apples  yes
    """)  # fmt: skip

    kept = ongoing(list_, TABLES["launches"], pd.Period("2026-11"))

    assert kept["item"].tolist() == ["A", "C"]
