"""What people hold in their hands: an app that shows six digits, and a device that keeps passkeys."""

import hashlib
import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask.testing import FlaskClient
from passlib.totp import TOTP

from tests.support.app import form_fields, post

USER_PRESENT, USER_VERIFIED, ATTESTED_CREDENTIAL = 0x01, 0x04, 0x40


class TotpApp:
    """An authenticator app, set up by typing the secret of the page."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._totp = TOTP(key=secret, format="base32")

    def code(self, at: float | None = None) -> str:
        return str(self._totp.generate(time.time() if at is None else at).token)


def set_up_app(client: FlaskClient) -> tuple[TotpApp, list[str]]:
    """Set an app up as a person does; gives it and the recovery codes that were shown."""
    page = client.get("/konto/zweiter-faktor/app").text
    app = TotpApp(re.search(r'<code class="dnk-code">([A-Z2-7 ]+)</code>', page)[1])  # type: ignore[index]
    answer = client.post("/konto/zweiter-faktor/app", data=form_fields(page) | {"code": app.code()})
    assert answer.status_code in (200, 303), answer.text
    return app, re.findall(r'<code class="dnk-code">([a-z0-9-]+)</code>', answer.text)


def to_base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class PasskeyDevice:
    """A device that makes and uses passkeys, as a browser asks it to."""

    origin: str = "http://localhost"
    host: str = "localhost"
    flags: int = USER_PRESENT | USER_VERIFIED
    counts: bool = True
    keys: dict[str, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer of `navigator.credentials.create`."""
        credential_id, key = secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1())
        name = to_base64url(credential_id)
        self.keys[name], self.handles[name] = key, options["user"]["id"]
        numbers = key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + len(credential_id).to_bytes(2, "big") + credential_id + public
        data = self._data(self.flags | ATTESTED_CREDENTIAL) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": to_base64url(self._client_data("webauthn.create", options)),
            "attestationObject": to_base64url(attestation),
            "transports": ["internal"],
        }
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer of `navigator.credentials.get`."""
        wanted = [credential["id"] for credential in options.get("allowCredentials", [])]
        name = next(key for key in self.keys if not wanted or key in wanted)
        data, client = self._data(self.flags), self._client_data("webauthn.get", options)
        signature = self.keys[name].sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": to_base64url(client),
            "authenticatorData": to_base64url(data),
            "signature": to_base64url(signature),
            "userHandle": self.handles[name],
        }
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def _data(self, flags: int) -> bytes:
        self.count += self.counts
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()


def request_options(client: FlaskClient, path: str, **fields: Any) -> dict[str, Any]:
    """What the server asks the browser for."""
    answer = post(client, path, fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def add_passkey(client: FlaskClient, device: PasskeyDevice, **fields: Any) -> Any:
    """Add a passkey as the page's script does."""
    answer = device.create(request_options(client, "/konto/passkeys/anfrage"))
    return post(client, "/konto/passkeys/neu", {"credential": json.dumps(answer), "name": "Telefon"} | fields)
