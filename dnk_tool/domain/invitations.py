"""The kinds of invitation, by what the secret link in the mail opens."""

from enum import StrEnum


class InvitationKind(StrEnum):
    """What the link of an invitation opens."""

    MEMBER = "member"
    STAFF = "staff"
    COMPANY = "company"
    CONTRIBUTION = "contribution"
    SIGN_OFF = "sign-off"
