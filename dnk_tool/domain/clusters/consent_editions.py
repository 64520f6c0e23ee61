"""The editions of the consent's text, and those that allow more than the first one.

The words of the newest stand in `web/clusters/consent/wording`; those of earlier ones in its history.
"""

CONSENT_EDITIONS = ("2026-11", "2026-11b", "2026-11c")
NEWEST_EDITION = CONSENT_EDITIONS[-1]

# Only these say that a public list may name the company as a member of the cluster.
EDITIONS_WITH_PUBLIC_LIST = CONSENT_EDITIONS[2:]

# Each of them says that the cluster sees who leads or edits, with name and address; what was agreed to
# before there were editions does not.
EDITIONS_WITH_CONTACTS = CONSENT_EDITIONS

# Only those after the third say that the cluster sees sector, size and indicators before a submission.
EDITIONS_WITH_PROFILE = CONSENT_EDITIONS[3:]
