"""Imprint, privacy and accessibility notices: the operator's texts in the instance folder."""

from pathlib import Path

from dnk_tool.language import LANGUAGES

REQUIRED = ("imprint", "privacy")


def missing_texts(instance: Path) -> tuple[str, ...]:
    """The required texts that nobody can read yet, in no language."""
    return tuple(
        name
        for name in REQUIRED
        if not any((instance / "pages" / f"{name}.{language}.txt").is_file() for language in LANGUAGES)
    )
