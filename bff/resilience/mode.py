"""Whether a guard does what it decides."""

from enum import StrEnum


class Mode(StrEnum):
    """`REPORT_ONLY` says what would have been refused, and refuses nothing: for trying a guard on real traffic."""

    ENFORCE = "enforce"
    REPORT_ONLY = "report-only"
