"""The editions of the consent's text, and what each allows: a public list of members, choices.

The words of the newest stand in `web/clusters/consent/wording`; those of earlier ones in its history.
"""

from enum import StrEnum

CONSENT_EDITIONS = ("2026-11", "2026-11b", "2026-11c", "2026-11d")
NEWEST_EDITION = CONSENT_EDITIONS[-1]

# Only these say that a public list may name the company as a member of the cluster.
EDITIONS_WITH_PUBLIC_LIST = CONSENT_EDITIONS[2:]
# Each of them says that the cluster sees who leads or edits, with name and address; what was agreed to
# before there were editions does not.
EDITIONS_WITH_CONTACTS = CONSENT_EDITIONS
# Only these ask for choices, and speak of comparisons where they speak of sums.
EDITIONS_WITH_CHOICES = CONSENT_EDITIONS[3:]


class ConsentChoice(StrEnum):
    """What a member allows its cluster on top of the membership, each by itself.

    Figures in sums and comparisons are one more: they have a first year (`Consent.aggregates_from`). That
    members of neighbouring clusters see residues, too, is asked by itself, on a page of its own, and only
    where RESIDUES is allowed; it goes with that.
    """

    PROFILE = "profile"
    SUPPORT = "support"
    EARLIER_VERSION = "earlier-version"
    MEASURES = "measures"
    EXAMPLES = "examples"
    RESIDUES = "residues"
    RESIDUE_NEIGHBOURS = "residue-neighbours"


# What the editions ask for, on joining and when a newer one is agreed to.
ASKED_CHOICES = tuple(choice for choice in ConsentChoice if choice is not ConsentChoice.RESIDUE_NEIGHBOURS)
