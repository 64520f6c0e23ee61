"""The editions of the consent's text, and those that allow a public list of members.

The words of the newest stand in `web/clusters/consent/wording`; those of earlier ones in its history.
"""

CONSENT_EDITIONS = ("2026-11", "2026-11b", "2026-11c")
NEWEST_EDITION = CONSENT_EDITIONS[-1]

# Only these say that a public list may name the company as a member of the cluster.
EDITIONS_WITH_PUBLIC_LIST = CONSENT_EDITIONS[2:]
