"""Single sign-on by OpenID Connect: authorization code flow with PKCE, state and nonce, by way of Authlib.

Nothing here uses the database, because the provider may answer slowly.
"""

import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from dnk_tool.addresses import is_loopback
from dnk_tool.config import Settings

REQUEST_TIMEOUT_SECONDS = 10
RETRY_AFTER_SECONDS = 15
LEEWAY_SECONDS = 60
# Signatures that only the provider can make: neither "none" nor algorithms with a shared secret.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
DISCOVERY = "/.well-known/openid-configuration"
PROVIDER_ERRORS = (requests.RequestException, OAuthError, JoseError, ValueError, KeyError, TypeError)


class ProviderFailed(Exception):
    """The provider does not answer, or its answer violates OpenID Connect."""


class InvalidAuthorizationResponse(Exception):
    """The response does not belong to the authorization that this browser began (state or issuer differ)."""


@dataclass(frozen=True)
class PendingAuthorization:
    """An authorization under way, kept in the browser's session until the provider sends it back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class AuthorizationResponse:
    """The parameters with which the provider sends the browser back."""

    state: str
    code: str
    issuer: str


@dataclass(frozen=True)
class ProviderUser:
    """A person whom the provider has authenticated, with their claims."""

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    name: str
    proved_at: float | None  # claim auth_time: when the person last authenticated, if the provider tells


class OidcProvider:
    """The configured provider. Fetches its metadata once, and its keys again when they change."""

    def __init__(self, settings: Settings, *, back: str) -> None:
        self._settings, self._back = settings, back
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._resting_until = 0.0

    def begin(self, *, again: bool = False) -> tuple[str, PendingAuthorization]:
        """Begin an authorization: the address to send the browser to, and what its session must keep.

        `again`: the provider must authenticate the person anew, even if they are signed in there.
        Raises ProviderFailed.
        """
        attempt = PendingAuthorization(*(secrets.token_urlsafe(32) for _ in range(3)))
        extra = {"prompt": "login", "max_age": "0"} if again else {}
        with self._client() as client:
            address, _state = client.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
                **extra,
            )
        return str(address), attempt

    def finish(self, attempt: PendingAuthorization, answer: AuthorizationResponse) -> ProviderUser:
        """Redeem the response for the authenticated person.

        Raises InvalidAuthorizationResponse and ProviderFailed.
        """
        if not hmac.compare_digest(attempt.state.encode(), answer.state.encode()):
            raise InvalidAuthorizationResponse("state")
        issuer = str(self._discovery_metadata()["issuer"])
        # A provider that names itself in its answer (RFC 9207) must be the one that was asked.
        names_itself = self._discovery_metadata().get("authorization_response_iss_parameter_supported")
        if answer.issuer != issuer and (answer.issuer or names_itself):
            raise InvalidAuthorizationResponse("issuer")
        try:
            with self._client() as client:
                token = client.fetch_token(
                    self._endpoint("token_endpoint"), code=answer.code, code_verifier=attempt.verifier
                )
                claims = self._claims(token, attempt.nonce)
                if "email" not in claims and "userinfo_endpoint" in self._discovery_metadata():
                    claims |= self._fetch_userinfo(client, claims["sub"])
        except PROVIDER_ERRORS as error:
            raise ProviderFailed(type(error).__name__) from error
        return _provider_user(issuer, claims)

    def _claims(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """The validated claims of the ID token. Raises one of PROVIDER_ERRORS if it is invalid."""
        try:
            id_token = jwt.decode(token["id_token"], self._key_set(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            self._keys = None  # the provider may have changed its keys
            id_token = jwt.decode(token["id_token"], self._key_set(), algorithms=ALGORITHMS)
        client_id = self._settings.oidc_client_id
        wanted = {
            "iss": {"essential": True, "value": self._discovery_metadata()["issuer"]},
            "aud": {"essential": True, "value": client_id},
        }
        params = {"nonce": nonce, "client_id": client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(id_token.claims, id_token.header, wanted, params)
        claims.validate(leeway=LEEWAY_SECONDS)
        return dict(claims)

    def _fetch_userinfo(self, client: OAuth2Session, subject: str) -> dict[str, Any]:
        """The e-mail and name claims of the userinfo endpoint. Raises ValueError for another subject."""
        answer = client.get(self._endpoint("userinfo_endpoint"))
        answer.raise_for_status()
        claims = cast("dict[str, Any]", answer.json())
        if claims["sub"] != subject:
            raise ValueError("another person")
        return {name: claims[name] for name in ("email", "email_verified", "name") if name in claims}

    def _client(self) -> OAuth2Session:
        client = OAuth2Session(
            self._settings.oidc_client_id,
            self._settings.oidc_client_secret.get_secret_value() or None,
            scope="openid email profile",
            redirect_uri=self._back,
            code_challenge_method="S256",
            default_timeout=REQUEST_TIMEOUT_SECONDS,
        )
        client.max_redirects = 0  # a redirect would carry the code or the token elsewhere; it fails instead
        return client

    def _discovery_metadata(self) -> dict[str, Any]:
        """The provider's discovery document. Raises ProviderFailed."""
        if not self._metadata:
            if time.monotonic() < self._resting_until:
                raise ProviderFailed("it did not answer a moment ago")
            # If it fails, further visitors must not wait for it, too: they would use up all threads.
            self._resting_until = time.monotonic() + RETRY_AFTER_SECONDS
            issuer = self._settings.oidc_issuer
            metadata = _fetch_json(issuer.rstrip("/") + DISCOVERY)
            if metadata.get("issuer") != issuer:
                own_name = str(metadata.get("issuer", ""))[:200]
                raise ProviderFailed(f"DNK_OIDC_ISSUER must be what the provider calls itself: {own_name!r}")
            self._metadata = metadata
        return self._metadata

    def _key_set(self) -> KeySet:
        if self._keys is None:
            self._keys = KeySet.import_key_set(cast(Any, _fetch_json(self._endpoint("jwks_uri"))))
        return self._keys

    def _endpoint(self, name: str) -> str:
        address = str(self._discovery_metadata().get(name, ""))
        parts = urlsplit(address)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise ProviderFailed(f"{name} is no https address")
        return address


def _fetch_json(address: str) -> dict[str, Any]:
    try:
        # A redirect could lead to an address inside the network, or to one without https.
        answer = requests.get(address, timeout=REQUEST_TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        if answer.is_redirect:
            raise ValueError("redirect")
        return dict(answer.json())
    except PROVIDER_ERRORS as error:
        raise ProviderFailed(f"{address}: {type(error).__name__}") from error


def _provider_user(issuer: str, claims: dict[str, Any]) -> ProviderUser:
    subject = str(claims["sub"])
    if not 0 < len(subject) <= 255:
        raise ProviderFailed("the subject has an unusable length")
    return ProviderUser(
        issuer,
        subject,
        email=str(claims.get("email") or ""),
        is_email_verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or "")[:200],
        proved_at=claims.get("auth_time"),
    )
