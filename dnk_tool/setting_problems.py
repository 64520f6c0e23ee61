"""What can be wrong with the settings, in words for the operator."""

import json
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches
from tomllib import TOMLDecodeError
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from dnk_tool.addresses import is_loopback, is_public_url, is_safe_address, scanner_problem
from dnk_tool.secret_keys import weakness_of_key

if TYPE_CHECKING:
    from dnk_tool.config import Settings

PREFIX = "DNK_"
TEST_PREFIX = "DNK_TEST_"  # what the tests read; it changes nothing here


class ConfigurationError(Exception):
    """The settings cannot be used; `problems` names each fault."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(["The configuration cannot be used:", *(f"  - {p}" for p in problems)]))


def contradictions(settings: "Settings") -> Iterator[str]:
    """What is wrong with settings that are each valid by themselves."""
    if settings.secret_key and (weakness := weakness_of_key(settings.secret_key.get_secret_value())):
        yield f"DNK_SECRET_KEY {weakness}"
    if settings.public_url and not is_public_url(settings.public_url):
        yield "DNK_PUBLIC_URL must be an http(s) address without a path, as in https://dnk.example.de"
    elif settings.public_url and not is_safe_address(settings.public_url):
        yield (
            f"DNK_PUBLIC_URL={settings.public_url} would send passwords in the clear: it must begin with "
            "https://, except for localhost. Let a web server do TLS, see deploy/"
        )
    if not settings.is_local and not settings.public_url:
        yield f"DNK_PUBLIC_URL is missing: DNK_HOST={settings.host} can be reached from outside"
    if settings.debug and not settings.is_local:
        yield f"DNK_DEBUG shows secrets and is refused with DNK_HOST={settings.host}"
    elif settings.debug and (settings.proxies or not is_loopback(urlsplit(settings.address).hostname or "")):
        yield "DNK_DEBUG shows secrets and is refused where others come through a proxy or DNK_PUBLIC_URL"
    if settings.database_url and not settings.database_url.startswith(
        ("sqlite:///", "postgresql+psycopg://")
    ):
        yield "DNK_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://"
    if settings.session_idle_minutes > settings.session_hours * 60:
        yield "DNK_SESSION_IDLE_MINUTES must not exceed DNK_SESSION_HOURS"
    if settings.smtp_host and settings.smtp_user and settings.smtp_security == "none":
        yield "DNK_SMTP_SECURITY=none would send the mail password in the clear"
    if settings.evidence_store == "s3" and not (
        settings.evidence_bucket
        and settings.evidence_access_key.get_secret_value()
        and settings.evidence_secret_key.get_secret_value()
    ):
        yield (
            "DNK_EVIDENCE_BUCKET, DNK_EVIDENCE_ACCESS_KEY and DNK_EVIDENCE_SECRET_KEY are needed with "
            "DNK_EVIDENCE_STORE=s3"
        )
    if settings.evidence_endpoint and not is_safe_address(settings.evidence_endpoint):
        yield "DNK_EVIDENCE_ENDPOINT must be an https address"
    if settings.hibp_file and not settings.hibp_file.is_file():
        yield f"DNK_HIBP_FILE names no file: {settings.hibp_file}"
    if settings.clamd and (
        problem := scanner_problem(settings.clamd, is_remote_allowed=settings.clamd_remote)
    ):
        yield f"DNK_CLAMD {problem}"
    if settings.oidc_issuer and not is_safe_address(settings.oidc_issuer):
        yield "DNK_OIDC_ISSUER must be an https address, as the provider names it"
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_name):
        yield "DNK_OIDC_CLIENT_ID and DNK_OIDC_NAME are needed with DNK_OIDC_ISSUER"


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
