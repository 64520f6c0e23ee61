"""Signs values that travel through browsers and mails: HMAC-SHA-256, with a key for each purpose.

The key is derived from the instance's secret key and the purpose, which itsdangerous calls the salt.
"""

import hashlib
from typing import Any

from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

SIGNER: dict[str, Any] = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
# How earlier versions signed: the defaults of itsdangerous.
EARLIER_SIGNER: dict[str, Any] = {"key_derivation": "django-concat", "digest_method": hashlib.sha1}


def signer(
    key: str, purpose: str, *, accepts_earlier: bool = False, serializer: Any = None
) -> URLSafeSerializer:
    """Signs values without a time.

    `accepts_earlier`: also accepts signatures with SHA-1, for values that outlive an upgrade.
    """
    return URLSafeSerializer(
        key,
        salt=purpose,
        serializer=serializer,
        signer_kwargs=SIGNER,
        fallback_signers=[EARLIER_SIGNER] if accepts_earlier else [],
    )


def timed_signer(key: str, purpose: str, *, accepts_earlier: bool = False) -> URLSafeTimedSerializer:
    """Signs values together with the time, so that the reader can refuse old ones."""
    return URLSafeTimedSerializer(
        key, salt=purpose, signer_kwargs=SIGNER, fallback_signers=[EARLIER_SIGNER] if accepts_earlier else []
    )
