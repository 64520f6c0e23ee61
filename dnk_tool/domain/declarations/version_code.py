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
# As print shortens a fingerprint: its beginning, an ellipsis and its end.
SHORT_HEAD, SHORT_TAIL = 16, 8
_SHORTENED = re.compile(
    rf"([0-9a-f]{{{SHORT_HEAD}}})(?:\N{{HORIZONTAL ELLIPSIS}}|\.{{2,3}})([0-9a-f]{{{SHORT_TAIL}}})"
)
_CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")


def version_code(fingerprint: str) -> str:
    """The code of a fingerprint: its first 60 bits as twelve signs in groups, such as `k7f3-9q2m-x4ab`."""
    bits = int(fingerprint[:PREFIX_LENGTH], 16)
    signs = [ALPHABET[bits >> (BITS_PER_SIGN * place) & 31] for place in reversed(range(CODE_LENGTH))]
    return "-".join(
        "".join(signs[start : start + GROUP_LENGTH]) for start in range(0, CODE_LENGTH, GROUP_LENGTH)
    )


def short_fingerprint(fingerprint: str) -> str:
    """A fingerprint as print has it: "ceb8ebf6 0a1b2c3d … 4e5f6a7b"; the metadata of a PDF have all of it."""
    head, tail = fingerprint[:SHORT_HEAD], fingerprint[-SHORT_TAIL:]
    half = SHORT_HEAD // 2
    return f"{head[:half]} {head[half:]} \N{HORIZONTAL ELLIPSIS} {tail}"


def fingerprint_end(typed: str) -> str:
    """The end of the fingerprint that was typed as print shortens it; empty for any other text."""
    shortened = _shortened(typed)
    return shortened[2] if shortened else ""


def _shortened(typed: str) -> re.Match[str] | None:
    return _SHORTENED.fullmatch(_SEPARATORS.sub("", typed[:LONGEST_TYPED]).lower())


def fingerprint_prefix(typed: str) -> str:
    """The beginning of the fingerprint that a code or a whole fingerprint names; empty for any other text.

    Groups, case and signs that look alike do not matter. A whole fingerprint is returned whole; of one that
    is shortened as in print, its beginning, and `fingerprint_end` gives the rest.
    """
    if shortened := _shortened(typed):
        return shortened[1]
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
    """The code or fingerprint that somebody typed, alone or at the end of an address; empty for neither.

    A fingerprint that is shortened as in print stays so.
    """
    path = re.split(r"[?#]", text.strip()[:LONGEST_TYPED])[0].rstrip("/")
    typed = path.rpartition("/")[2]
    prefix = fingerprint_prefix(typed)
    if end := fingerprint_end(typed):
        return f"{prefix}...{end}"
    return code_or_fingerprint(prefix) if prefix else ""


def names_version(name: str, fingerprint: str) -> bool:
    """Whether the code or fingerprint, whole or shortened, belongs to the version with this fingerprint."""
    prefix = fingerprint_prefix(name)
    return bool(prefix) and fingerprint.startswith(prefix) and fingerprint.endswith(fingerprint_end(name))
