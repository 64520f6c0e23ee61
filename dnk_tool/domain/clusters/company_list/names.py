"""Finds names that are probably those of the same company: "Tischlerei Sommer", "Tischlerei Sommer GmbH"."""

import re
from collections import defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

# Measured on pairs of names in tests/unit/clusters/test_company_names.py.
SIMILAR = 0.9
_FEWEST_WORDS = 2
_LEGAL_FORMS = (
    r"gmbh\s*&\s*co\s*kgaa|gmbh\s*&\s*co\s*kg|ug\s*haftungsbeschränkt|ag\s*&\s*co\s*kg|kgaa|gmbh|ggmbh|mbh|ohg"
    r"|gbr|part\s*g?\s*mbb|kg|ag|ug|eg|se|e\s?v|e\s?k|ev|ek|ltd|limited|inc|llc|und\s*co|&\s*co"
)
_LEGAL_FORM = re.compile(rf"\b(?:{_LEGAL_FORMS})\b")
_SPELLINGS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": " und ", "+": " und "})
_MOST_CANDIDATES = 4  # trigrams: the rarest ones of a name


def bare_name(name: str) -> str:
    """The name in lower case without legal form and signs; umlauts as two letters."""
    text = re.sub(r"[.,()\"„“'’]", " ", name.casefold())
    text = re.sub(r"\b([a-z]) (?=[a-z]\b)", r"\1", " ".join(text.split()))  # "e. K." is "ek"
    bare = _LEGAL_FORM.sub(" ", text) if _LEGAL_FORM.sub("", text).strip(" &-") else text
    words = re.findall(r"\w+", bare.translate(_SPELLINGS))
    return " ".join(words).removesuffix(" und") or name.casefold()


def are_similar(one: str, other: str) -> bool:
    """Whether two bare names are probably those of the same company.

    All words of one stand in the other, or nine tenths of the letters agree in their order. With other
    numbers they are two, such as "Werk 2" and "Werk 3".
    """
    words, others = sorted((set(one.split()), set(other.split())), key=len)
    if one == other or (len(words) >= _FEWEST_WORDS and words <= others):
        return True
    if any(any(map(str.isdigit, word)) for word in words ^ others):
        return False
    most = 2 * min(len(one), len(other)) / (len(one) + len(other))
    return most >= SIMILAR and SequenceMatcher(None, one, other, autojunk=False).ratio() >= SIMILAR


class SimilarNames:
    """Names among which a similar one is found without comparing with all of them."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._exact: dict[str, str] = {}
        self._by_trigram: dict[str, list[str]] = defaultdict(list)
        for name in sorted(names):
            self.add(name)

    def add(self, name: str) -> None:
        """Add a name; of several that are the same without their legal forms, the first stays."""
        bare = bare_name(name)
        if bare not in self._exact:
            self._exact[bare] = name
            for trigram in _trigrams(bare):
                self._by_trigram[trigram].append(bare)

    def find(self, name: str) -> str | None:
        """The name that is similar to this one, as it was added; None if none is."""
        bare = bare_name(name)
        if bare in self._exact:
            return self._exact[bare]
        known = [self._by_trigram[trigram] for trigram in _trigrams(bare) if trigram in self._by_trigram]
        rarest = sorted(known, key=len)[:_MOST_CANDIDATES]
        candidates = dict.fromkeys(other for names in rarest for other in names)
        return next((self._exact[other] for other in candidates if are_similar(bare, other)), None)


def _trigrams(bare: str) -> list[str]:
    padded = f" {bare} "
    return sorted({padded[i : i + 3] for i in range(len(padded) - 2)})
