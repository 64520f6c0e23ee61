"""Whether a member came to a meeting of its cohort."""

from enum import StrEnum


class Attendance(StrEnum):
    """Whether somebody of a member came to a meeting. Nothing recorded means: not said."""

    CAME = "came"
    EXCUSED = "excused"
    ABSENT = "absent"
