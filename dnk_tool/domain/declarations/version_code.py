"""How a frozen version is named outside: by its whole fingerprint, or by a short code that comes of it."""

import re

# Crockford's base32: whoever reads it from paper need not tell 0 from o, nor 1 from i or l.
SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1"})
BITS = 5  # of a sign
CODE_LENGTH = 12
GROUP = 4
CODE_BITS = CODE_LENGTH * BITS
DIGIT_BITS = 4  # of a hexadecimal digit
PREFIX_LENGTH = CODE_BITS // DIGIT_BITS
FINGERPRINT_LENGTH = 64
LONGEST_TYPED = 500

_FILLERS = re.compile(r"[\s\-\u2010-\u2015\u00ad\u200b]+")
_FINGERPRINT = re.compile(rf"[0-9a-f]{{{FINGERPRINT_LENGTH}}}")
_CODE = re.compile(rf"[{SIGNS}]{{{CODE_LENGTH}}}")


def code_of(fingerprint: str) -> str:
    """The code of a fingerprint: its first 60 bits as twelve signs in groups, such as `k7f3-9q2m-x4ab`."""
    bits = int(fingerprint[:PREFIX_LENGTH], 16)
    signs = [SIGNS[bits >> (BITS * place) & 31] for place in reversed(range(CODE_LENGTH))]
    return "-".join("".join(signs[start : start + GROUP]) for start in range(0, CODE_LENGTH, GROUP))


def prefix_of(typed: str) -> str:
    """How the fingerprints begin that a code or a whole fingerprint names; empty for neither.

    Groups, capitals and signs that look alike do not matter. A whole fingerprint comes back whole.
    """
    plain = _FILLERS.sub("", typed[:LONGEST_TYPED]).lower()
    if _FINGERPRINT.fullmatch(plain):
        return plain
    plain = plain.translate(ALIKE)
    if not _CODE.fullmatch(plain):
        return ""
    bits = 0
    for sign in plain:
        bits = bits << BITS | SIGNS.index(sign)
    return f"{bits:0{PREFIX_LENGTH}x}"


def name_of(prefix: str) -> str:
    """What stands for it in an address: the code, or the whole fingerprint."""
    return prefix if len(prefix) == FINGERPRINT_LENGTH else code_of(prefix)


def typed_name(text: str) -> str:
    """The code or fingerprint that somebody typed, alone or as the end of an address; empty for neither."""
    path = re.split(r"[?#]", text.strip()[:LONGEST_TYPED])[0].rstrip("/")
    prefix = prefix_of(path.rpartition("/")[2])
    return name_of(prefix) if prefix else ""
