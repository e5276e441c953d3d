"""Closing the loop: what others reach, by KPI and with the source, beside the own targets."""

from __future__ import annotations

from sop_xl.schema import Column, Role, Table, Unit

BENCHMARKS = Table(
    "benchmarks",
    "Reference values of KPIs",
    (
        Column("kpi", "KPI", role=Role.KEY, aliases=("name", "metric"),
               help="Name as on the sheets KPIs and KPI_Detail."),
        Column("low", "Low", Unit.FACTOR, help="Lower end of what is usual; 0.8 for 80 %.",
               aliases=("bottom quartile", "from")),
        Column("typical", "Typical", Unit.FACTOR, help="What is usual; 0.8 for 80 %.",
               aliases=("median", "average", "value")),
        Column("high", "High", Unit.FACTOR, help="Upper end of what is usual.",
               aliases=("top quartile", "to")),
        Column("source", "Source", role=Role.INPUT, width=40,
               help="Who published it, in which work: a figure without a source is none."),
        Column("year", "Year", Unit.YEAR, Role.INPUT, minimum=1900, maximum=2200,
               help="Of the publication."),
        Column("note", "Note", width=40, help="Whom it describes, and how it is measured there."),
    ),
    help="What others reach, from published studies. It stands beside the targets and judges "
         "nothing: others may measure otherwise.",
)  # fmt: skip


def _found(column: str) -> str:
    return f"INDEX({{benchmarks.{column}@column}},MATCH({{kpi}},{{benchmarks.kpi@column}},0))"


REFERENCE = (
    Column("reference", "Elsewhere", Unit.RATIO, Role.OUTPUT, unit_by="unit",
           help="What is usual elsewhere, from the sheet Data_Benchmarks; it judges nothing.",
           formula=f'IFERROR(IF({_found("typical")}="","",{_found("typical")}),"")'),
    Column("reference_source", "Elsewhere by", role=Role.OUTPUT,
           help="Who published it, and the year.",
           formula=f'IFERROR({_found("source")}&IF(OR({_found("source")}="",{_found("year")}=""),"",'
                   f'", ")&{_found("year")},"")'),
)  # fmt: skip
"""The columns of a list of KPIs that show the reference value and its source."""
