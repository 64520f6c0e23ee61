"""Optimistic locking: decides about a save while somebody else may have saved the same content.

Everything that several people edit goes through `conflicts.decide`: answers, figures, goals, assessments,
settings, profiles, sites, quick checks, remark templates, verdicts. Content that is saved alone raises
`ConflictError`. Content that is saved with other content comes back as a `Conflict` in the outcome, so that
the rest is kept.
"""
