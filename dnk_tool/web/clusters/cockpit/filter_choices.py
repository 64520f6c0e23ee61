"""The options of the filter of members."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _

from dnk_tool.catalogue import Criterion, editions, load_catalogue
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.clusters.cockpit import ClusterTask, MemberStage, NextMove
from dnk_tool.domain.clusters.criterion_signs import SignFilter
from dnk_tool.web.clusters.cockpit.criteria import criterion_title
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.publication.labels import SIZES
from dnk_tool.web.text.options import Option, enum_options, pair_options


def filter_choices(criteria: Sequence[Criterion], milestones: list[Option]) -> Mapping[str, list[Option]]:
    """The options of each field, by the name of its parameter."""
    language, everything = current_language(), _("alle")
    sections = load_sectors().current.sections
    sets = load_catalogue(editions()[-1]).indicator_sets
    return {
        "kriterium": pair_options(
            ((criterion.ref, criterion_title(criterion)) for criterion in criteria), everything
        ),
        "fehlt": milestones,
        "zeichen": enum_options(SignFilter),
        "stand": enum_options(MemberStage, everything),
        "aufgabe": enum_options(ClusterTask, everything),
        "am-zug": enum_options(NextMove, everything),
        "dabei": pair_options(
            (("ja", _("dieses Jahr dabei")), ("nein", _("dieses Jahr nicht dabei"))), everything
        ),
        "branche": pair_options(
            ((section.key, section.label.to(language)) for section in sections), everything
        ),
        "groesse": pair_options(((size.value, str(label)) for size, label in SIZES.items()), everything),
        "indikatoren": pair_options(
            ((indicator_set.key, indicator_set.title.to(language)) for indicator_set in sets), everything
        ),
    }
