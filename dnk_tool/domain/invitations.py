"""What a secret link sent by mail may open."""

from enum import StrEnum


class InvitationKind(StrEnum):
    """What the link opens."""

    MEMBER = "member"
    STAFF = "staff"
    COMPANY = "company"
    CONTRIBUTION = "contribution"
    SIGN_OFF = "sign-off"
