"""The settings: from the environment (`DNK_…`) and `instance/config.toml`, checked before the start.

A name that is no setting is refused: a misspelt one would be without effect, and nobody would notice.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from dnk_tool.addresses import is_loopback, is_public_url, is_safe_address, scanner_problem, strict_transport
from dnk_tool.language import Language
from dnk_tool.paths import DATABASE_FILE
from dnk_tool.secret_keys import KEY_FILE, create_key, stored_key, weakness_of_key
from dnk_tool.setting_problems import (
    ConfigurationError,
    file_problem,
    list_from_text,
    problem_messages,
    unknown_variables,
)

__all__ = [
    "ConfigurationError",
    "RoleName",
    "Settings",
    "create_secret_key",
    "known_secret_key",
    "load_settings",
    "secret_key",
]

RoleName = Literal["operator", "manager", "reviewer", "owner", "editor", "contributor", "viewer"]


class Settings(BaseSettings):
    """All settings with their defaults. A trial on one's own machine needs none of them."""

    model_config = SettingsConfigDict(env_prefix="DNK_", frozen=True, extra="forbid")

    instance: Path = Field(Path("instance"), description="Folder of database, key, uploads and mails")
    database_url: str = Field(
        "", description="sqlite:///… or postgresql+psycopg://…; empty: in the instance folder"
    )
    secret_key: SecretStr | None = Field(
        None, description="At least 32 bytes; empty: a file in the instance folder"
    )

    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on")
    threads: int = Field(8, ge=1, le=64, description="Requests handled at the same time")
    public_url: str = Field(
        "", description="Address under which people reach the tool, as in https://dnk.example.de"
    )
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further host names to answer to"
    )
    proxies: int = Field(0, ge=0, le=5, description="Number of own reverse proxies in front")
    hsts_subdomains: bool | None = Field(
        None, description="Browsers demand https of hosts below, too; empty: unless it is a bare domain"
    )
    robots: Literal["companies", "none"] = Field("companies", description="Who may let search engines in")
    debug: bool = Field(False, description="Shows errors in the browser; on a loopback address only")

    session_idle_minutes: int = Field(
        120, ge=5, le=7 * 24 * 60, description="Signed out after so long without use"
    )
    session_hours: int = Field(12, ge=1, le=31 * 24, description="Signed out at the latest after")
    language: Language = Field("de", description="Language for visitors whose browser names neither")

    self_registration: bool = Field(False, description="Anybody may create an account")
    second_factor_for: Annotated[tuple[RoleName, ...] | None, NoDecode] = Field(
        None, description='Roles that need a second factor, as in ["operator"]; by default see the manual'
    )
    hibp_file: Path | None = Field(
        None, description="Local copy of Pwned Passwords, sorted lines of SHA-1:count; empty: none"
    )
    oidc_issuer: str = Field(
        "", description="Single sign-on: the provider, as in https://konto.example.de/realms/kammer"
    )
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = Field("", description="What people call the provider's account, as in Kammer-Konto")

    smtp_host: str = Field("", description="Mail server; empty: mails are written to instance/outbox")
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = Field("", description="Sender of mails; empty: dnk-tool@ the public host")
    background: bool = Field(
        True, description="The server itself sends mails and reminders; false where `dnk worker` runs"
    )

    pdf_engine: Literal["fast", "plain", "unchecked"] = Field(
        "fast",
        description="What makes PDFs; plain: without what only makes them faster; unchecked: in an emergency",
    )

    pdf_ahead_seconds: int = Field(
        20, ge=0, le=3600, description="Time without a save until a draft's PDF is made ahead; 0: never"
    )

    evidence_store: Literal["files", "s3"] = Field(
        "files",
        description="Where files of evidence lie: in the instance folder, or in an S3-compatible store",
    )
    evidence_bucket: str = ""
    evidence_endpoint: str = Field("", description="Address of the store; empty: Amazon's")
    evidence_region: str = "eu-central-1"
    evidence_access_key: SecretStr = SecretStr("")
    evidence_secret_key: SecretStr = SecretStr("")
    evidence_file_mb: int = Field(10, ge=1, le=100, description="The largest file of evidence")
    evidence_quota_mb: int = Field(500, ge=1, le=1_000_000, description="All evidence of one company")

    clamd: str = Field(
        "", description="Virus scanner: unix:/run/clamav/clamd.ctl or localhost:3310; empty: none"
    )
    clamd_required: bool = Field(
        True, description="Refuse files while the scanner does not answer; false: accept them unscanned"
    )
    clamd_remote: bool = Field(
        False, description="The scanner may be on another machine; files go there unencrypted"
    )
    clamd_seconds: int = Field(30, ge=1, le=300, description="The longest scan of a file")
    clamd_max_mb: int = Field(
        25, ge=1, le=1000, description="The largest file that the scanner takes, its StreamMaxLength"
    )

    backup_nightly: bool | None = Field(
        None, description="The server makes a backup each night; empty: with SQLite"
    )
    backup_folder: Path | None = Field(
        None, description="Where nightly backups lie, best on another disk; empty: instance/backups"
    )
    backups_kept: int = Field(7, ge=1, le=1000, description="Nightly backups to keep")
    backup_recipient: str = Field(
        "", description="Encrypts nightly backups with age, as in age1…; empty: not encrypted"
    )

    keep_mails_days: int = Field(30, ge=1, le=3650, description="Mails that are done with are deleted after")
    keep_invitations_days: int = Field(
        180, ge=1, le=3650, description="Invitations that were used, taken back or expired are deleted after"
    )
    keep_trail_years: int = Field(
        10, ge=0, le=100, description="Entries of the trail are deleted after; 0: never"
    )
    keep_unused_accounts_months: int = Field(
        0, ge=0, le=120, description="Accounts without any role and without a sign-in for so long; 0: never"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then `config.toml` in the instance folder."""
        given = init_settings().get("instance") or os.environ.get("DNK_INSTANCE") or "instance"
        file = TomlConfigSettingsSource(settings_cls, Path(given) / "config.toml")
        return init_settings, env_settings, file

    @field_validator(
        "secret_key", "hsts_subdomains", "hibp_file", "backup_nightly", "backup_folder", mode="before"
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        """`dnk init` writes them empty; an empty path would be the current folder."""
        return None if value == "" else value

    @field_validator("trusted_hosts", "second_factor_for", mode="before")
    @classmethod
    def _read_list(cls, value: object, field: ValidationInfo) -> object:
        """Reads a list as the environment gives it; an empty text is unset."""
        if value == "":
            return cls.model_fields[str(field.field_name)].default
        return list_from_text(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check_consistency(self) -> Self:
        problems = list(self._contradictions())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _collect_all_problems(cls, data: dict[str, Any], check: ModelWrapValidatorHandler[Self]) -> Self:
        """Reports contradictions between settings together with invalid and unknown single ones."""
        known = cls.model_fields.keys()
        unknown = list(unknown_variables(os.environ, known))
        try:
            settings = check(data)
        except ValidationError as error:
            problems = unknown + problem_messages(error, known)
            wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
            try:
                if wrong:
                    check({name: value for name, value in data.items() if name not in wrong})
            except ValidationError as further:
                problems += problem_messages(further, known)
            raise ConfigurationError(problems) from error
        if unknown:
            raise ConfigurationError(unknown)
        return settings

    def _contradictions(self) -> Iterator[str]:
        """What is wrong with settings that are each valid by themselves."""
        if self.secret_key and (weakness := weakness_of_key(self.secret_key.get_secret_value())):
            yield f"DNK_SECRET_KEY {weakness}"
        if self.public_url and not is_public_url(self.public_url):
            yield "DNK_PUBLIC_URL must be an http(s) address without a path, as in https://dnk.example.de"
        elif self.public_url and not is_safe_address(self.public_url):
            yield (
                f"DNK_PUBLIC_URL={self.public_url} would send passwords in the clear: it must begin with "
                "https://, except for localhost. Let a web server do TLS, see deploy/"
            )
        if not self.is_local and not self.public_url:
            yield f"DNK_PUBLIC_URL is missing: DNK_HOST={self.host} can be reached from outside"
        if self.debug and not self.is_local:
            yield f"DNK_DEBUG shows secrets and is refused with DNK_HOST={self.host}"
        elif self.debug and (self.proxies or not is_loopback(urlsplit(self.address).hostname or "")):
            yield "DNK_DEBUG shows secrets and is refused where others come through a proxy or DNK_PUBLIC_URL"
        if self.database_url and not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            yield "DNK_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://"
        if self.session_idle_minutes > self.session_hours * 60:
            yield "DNK_SESSION_IDLE_MINUTES must not exceed DNK_SESSION_HOURS"
        if self.smtp_host and self.smtp_user and self.smtp_security == "none":
            yield "DNK_SMTP_SECURITY=none would send the mail password in the clear"
        if self.evidence_store == "s3" and not (
            self.evidence_bucket
            and self.evidence_access_key.get_secret_value()
            and self.evidence_secret_key.get_secret_value()
        ):
            yield (
                "DNK_EVIDENCE_BUCKET, DNK_EVIDENCE_ACCESS_KEY and DNK_EVIDENCE_SECRET_KEY are needed with "
                "DNK_EVIDENCE_STORE=s3"
            )
        if self.evidence_endpoint and not is_safe_address(self.evidence_endpoint):
            yield "DNK_EVIDENCE_ENDPOINT must be an https address"
        if self.hibp_file and not self.hibp_file.is_file():
            yield f"DNK_HIBP_FILE names no file: {self.hibp_file}"
        if self.clamd and (problem := scanner_problem(self.clamd, is_remote_allowed=self.clamd_remote)):
            yield f"DNK_CLAMD {problem}"
        if self.oidc_issuer and not is_safe_address(self.oidc_issuer):
            yield "DNK_OIDC_ISSUER must be an https address, as the provider names it"
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_name):
            yield "DNK_OIDC_CLIENT_ID and DNK_OIDC_NAME are needed with DNK_OIDC_ISSUER"

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the tool."""
        return is_loopback(self.host)

    @property
    def address(self) -> str:
        """The address under which people reach the tool, without a slash at its end."""
        # Browsers create passkeys only for a host with a name, not for an IP address.
        host = "localhost" if self.host in ("127.0.0.1", "::1") else self.host
        host = f"[{host}]" if ":" in host else host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether people reach the tool over https."""
        return self.address.startswith("https://")

    @property
    def strict_transport(self) -> str:
        """What browsers are told to demand of this host for a year, as HSTS says it; "" without https."""
        return strict_transport(self.address, self.hsts_subdomains)

    @property
    def hosts(self) -> list[str]:
        """The host names that requests may name; links in mails use `address`, never a request's host."""
        local = ["localhost", "127.0.0.1", "[::1]"] if self.is_local else []
        hosts = (urlsplit(self.address).hostname or "localhost", *local, *self.trusted_hosts)
        return list(dict.fromkeys(hosts))

    @property
    def database(self) -> str:
        """The URL of the database, by default an SQLite file in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance.resolve() / DATABASE_FILE}"

    @property
    def has_nightly_backup(self) -> bool:
        """Whether the server makes a backup each night: unless told otherwise, with SQLite alone."""
        return self.database.startswith("sqlite:") if self.backup_nightly is None else self.backup_nightly

    @property
    def backups(self) -> Path:
        """The folder of nightly backups."""
        return self.backup_folder or self.instance / "backups"

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or f"dnk-tool@{urlsplit(self.address).hostname}"

    @property
    def idle(self) -> timedelta:
        """How long a sign-in lasts without use."""
        return timedelta(minutes=self.session_idle_minutes)

    @property
    def longest_session(self) -> timedelta:
        """How long a sign-in lasts at most."""
        return timedelta(hours=self.session_hours)


def load_settings(**given: Any) -> Settings:
    """The settings from `given`, environment and file, in this order. Raises ConfigurationError."""
    try:
        return Settings(**given)
    except (OSError, ValueError) as error:
        raise ConfigurationError([file_problem(error)]) from error


def known_secret_key(settings: Settings) -> str | None:
    """The key that signs cookies and tokens: as set, else from `instance/secret-key`; None if there is none.

    Raises ConfigurationError for a key that is short or easily guessed, or cannot be read.
    """
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    file = settings.instance / KEY_FILE
    try:
        key = stored_key(settings.instance)
    except (OSError, ValueError) as error:
        raise ConfigurationError([f"The key in {file} cannot be read: {type(error).__name__}"]) from error
    if key is not None and (weakness := weakness_of_key(key)):
        raise ConfigurationError([f"The key in {file} {weakness}"])
    return key


def secret_key(settings: Settings) -> str:
    """The key as `known_secret_key` has it. Raises ConfigurationError also if there is none."""
    key = known_secret_key(settings)
    if key is None:
        file = settings.instance / KEY_FILE
        raise ConfigurationError(
            [f"The secret key is missing: DNK_SECRET_KEY is not set, and {file} is not there"]
        )
    return key


def create_secret_key(settings: Settings) -> str:
    """The key as `secret_key` has it; if there is none, a new one is stored in the instance folder.

    For new installations: with a new key, what was signed and encrypted before is void. Raises
    ConfigurationError.
    """
    if not settings.secret_key:
        create_key(settings.instance)
    return secret_key(settings)
