"""Names a frozen version by its whole fingerprint, or by a short code that follows from it."""

import re

# Crockford's base32: readers of a print need not tell 0 from o, nor 1 from i or l.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1"})
BITS_PER_SIGN = 5
CODE_LENGTH = 12
GROUP_LENGTH = 4
CODE_BITS = CODE_LENGTH * BITS_PER_SIGN
BITS_PER_HEX_DIGIT = 4
PREFIX_LENGTH = CODE_BITS // BITS_PER_HEX_DIGIT
FINGERPRINT_LENGTH = 64
LONGEST_TYPED = 500

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u00ad\u200b]+")
_FINGERPRINT = re.compile(rf"[0-9a-f]{{{FINGERPRINT_LENGTH}}}")
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")


def version_code(fingerprint: str) -> str:
    """The code of a fingerprint: its first 60 bits as twelve signs in groups, such as `k7f3-9q2m-x4ab`."""
    bits = int(fingerprint[:PREFIX_LENGTH], 16)
    signs = [ALPHABET[bits >> (BITS_PER_SIGN * place) & 31] for place in reversed(range(CODE_LENGTH))]
    return "-".join(
        "".join(signs[start : start + GROUP_LENGTH]) for start in range(0, CODE_LENGTH, GROUP_LENGTH)
    )


def fingerprint_prefix(typed: str) -> str:
    """The beginning of the fingerprint that a code or a whole fingerprint names; empty for any other text.

    Groups, case and signs that look alike do not matter. A whole fingerprint is returned whole.
    """
    plain = _SEPARATORS.sub("", typed[:LONGEST_TYPED]).lower()
    if _FINGERPRINT.fullmatch(plain):
        return plain
    plain = plain.translate(LOOKALIKES)
    if not _CODE.fullmatch(plain):
        return ""
    bits = 0
    for sign in plain:
        bits = bits << BITS_PER_SIGN | ALPHABET.index(sign)
    return f"{bits:0{PREFIX_LENGTH}x}"


def code_or_fingerprint(prefix: str) -> str:
    """The name of a version in an address: the code of a prefix, or the whole fingerprint."""
    return prefix if len(prefix) == FINGERPRINT_LENGTH else version_code(prefix)


def parse_typed_code(text: str) -> str:
    """The code or fingerprint that somebody typed, alone or at the end of an address; empty for neither."""
    path = re.split(r"[?#]", text.strip()[:LONGEST_TYPED])[0].rstrip("/")
    prefix = fingerprint_prefix(path.rpartition("/")[2])
    return code_or_fingerprint(prefix) if prefix else ""
