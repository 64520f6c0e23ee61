"""What can be wrong with the settings, in words for the operator."""

import json
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from tomllib import TOMLDecodeError

from pydantic import ValidationError

PREFIX = "DNK_"
TEST_PREFIX = "DNK_TEST_"  # what the tests read; it changes nothing here


class ConfigurationError(Exception):
    """The settings cannot be used; `problems` names each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(["The configuration cannot be used:", *(f"  - {p}" for p in problems)]))


def unknown_variables(names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Yield a problem for each variable of the environment that looks like a setting and is none.

    `known`: the settings, as in config.toml.
    """
    for name in sorted(names):
        upper = name.upper()
        setting = upper.removeprefix(PREFIX).lower()
        if upper.startswith(PREFIX) and not upper.startswith(TEST_PREFIX) and setting not in known:
            nearest = nearest_setting(setting, known)
            yield f"{name} is no setting{_proposal(PREFIX + nearest.upper() if nearest else '')}"


def problem_messages(error: ValidationError, known: Collection[str]) -> list[str]:
    """Each fault as the operator reads it, by the name of its setting. `known`: see `unknown_variables`."""
    problems = []
    for detail in error.errors():
        if not detail["loc"]:
            problems += str(detail["ctx"]["error"]).split("\n")
        elif detail["type"] == "extra_forbidden":
            key = str(detail["loc"][0])
            problems.append(f"config.toml: '{key}' is no setting{_proposal(nearest_setting(key, known))}")
        elif detail["type"] == "value_error":
            problems.append(f"{PREFIX}{str(detail['loc'][0]).upper()}: {detail['ctx']['error']}")
        else:
            problems.append(f"{PREFIX}{str(detail['loc'][0]).upper()}: {detail['msg']}")
    return problems


def file_problem(error: OSError | ValueError) -> str:
    """Why config.toml cannot be read; what is mostly wrong in it are texts without quotes."""
    hint = ' – write texts in double quotes, as in public_url = "https://dnk.example.de"'
    return f"config.toml cannot be read: {error}{hint if isinstance(error, TOMLDecodeError) else ''}"


def list_from_text(text: str) -> list[object]:
    """A list as it stands in the environment. Raises ValueError with what is expected."""
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, list):
        raise ValueError(f'{text} is no list, such as ["first", "second"] or []')
    return values


def nearest_setting(name: str, known: Collection[str]) -> str:
    """The setting that was probably meant; "" if none resembles the name."""
    meant = name.lower().removeprefix(PREFIX.lower())
    return next(iter(get_close_matches(meant, known, n=1)), "")


def _proposal(name: str) -> str:
    return f". Is {name} meant?" if name else ""
