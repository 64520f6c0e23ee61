"""What a comparison says in words: where the own value lies, how it went, and why a middle is not shown."""

from collections.abc import Iterator
from decimal import Decimal

from flask_babel import gettext as _

from dnk_tool.catalogue.aggregation_rules import AggregationRules
from dnk_tool.catalogue.sectors import load_sectors
from dnk_tool.domain.aggregates.comparison import Course, FigureComparison
from dnk_tool.domain.aggregates.model import Difference, Group, Rule
from dnk_tool.domain.aggregates.rules import QUARTERS
from dnk_tool.domain.aggregates.small_counts import ShownCoverage, shown_coverage
from dnk_tool.web.aggregates.releases.words import count_text
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.publication.labels import SIZES

PERCENT = "percent"


def position_text(compared: FigureComparison) -> str:
    """Where the own value lies in the latest year with a number of the group; "" without one."""
    latest, difference = compared.latest, compared.difference
    if latest is None or difference is None:
        return ""
    if compared.figure.is_rate:
        return _rate_text(difference, latest.year, unit=compared.unit, is_level=compared.is_level)
    amount = abs(int(difference.to_integral_value()))
    if compared.is_level or not amount:
        return str(_("%(year)s liegen Sie an der Mitte.", year=latest.year))
    if difference > 0:
        return str(_("%(year)s liegen Sie %(amount)s %% über der Mitte.", year=latest.year, amount=amount))
    return str(_("%(year)s liegen Sie %(amount)s %% unter der Mitte.", year=latest.year, amount=amount))


def _rate_text(difference: Decimal, year: int, *, unit: str, is_level: bool) -> str:
    amount = abs(int(difference.to_integral_value()))
    if is_level or (unit == PERCENT and not amount):
        return str(_("%(year)s liegen Sie bei dem Wert aller zusammen.", year=year))
    if unit == PERCENT and difference > 0:
        return str(
            _("%(year)s liegen Sie %(amount)s Prozentpunkte über allen zusammen.", year=year, amount=amount)
        )
    if unit == PERCENT:
        return str(
            _("%(year)s liegen Sie %(amount)s Prozentpunkte unter allen zusammen.", year=year, amount=amount)
        )
    if difference > 0:
        return str(_("%(year)s liegen Sie über allen zusammen.", year=year))
    return str(_("%(year)s liegen Sie unter allen zusammen.", year=year))


def course_text(compared: FigureComparison) -> str:
    """How the own values went; "" with fewer than two."""
    own = [each.year for each in compared.years if each.own is not None]
    first = own[0] if own else 0
    if len(own) == 2:
        words = {
            Course.FALLING: _("Ihr Wert ist seit %(year)s gesunken.", year=first),
            Course.RISING: _("Ihr Wert ist seit %(year)s gestiegen.", year=first),
            Course.EVEN: _("Ihr Wert ist derselbe wie %(year)s.", year=first),
        }
    else:
        words = {
            Course.FALLING: _("Ihr Wert sinkt seit %(year)s jedes Jahr.", year=first),
            Course.RISING: _("Ihr Wert steigt seit %(year)s jedes Jahr.", year=first),
            Course.EVEN: _("Ihr Wert ist seit %(year)s gleich.", year=first),
            Course.MIXED: _("Ihr Wert steigt und sinkt."),
        }
    return str(words.get(compared.course, ""))


def quarter_text(compared: FigureComparison) -> str:
    """In which quarter of the companies the own value is; "" where that is not known."""
    if compared.quarter is None:
        return ""
    if compared.quarter == 1:
        return str(_("Ihr Wert gehört zum Viertel mit den kleinsten Werten."))
    if compared.quarter == QUARTERS:
        return str(_("Ihr Wert gehört zum Viertel mit den größten Werten."))
    if compared.quarter == 2:
        return str(_("Ihr Wert liegt im zweiten Viertel von unten."))
    return str(_("Ihr Wert liegt im dritten Viertel von unten."))


def group_text(compared: FigureComparison) -> str:
    """Of whom the group's number is, and of how many; "" where none is shown."""
    shown = next(((each.year, each.group) for each in reversed(compared.years) if each.group), None)
    if shown is None:
        return ""
    year, number = shown
    given = {"year": year, "count": number.companies, "group": group_name(compared.group)}
    if compared.figure.is_rate:
        return str(_("Alle zusammen %(year)s: %(count)s Unternehmen (%(group)s)", **given))
    return str(_("Mitte %(year)s: %(count)s Unternehmen (%(group)s)", **given))


def group_name(group: Group) -> str:
    """What a group is called: its section and size, or all."""
    label = next((one.label for one in load_sectors().current.sections if one.key == group.section), None)
    if label is None:
        return str(_("alle im Cluster"))
    name = label.to(current_language())
    return f"{name}, {SIZES[group.size]}" if group.size else name


def withheld_text(compared: FigureComparison, rules: AggregationRules) -> str:
    """Why the latest release shows no number of the group, and what is missing; "" where it shows one."""
    withheld, coverage = compared.withheld, compared.coverage
    if withheld is None:
        return ""
    if withheld.rule is not Rule.TOO_FEW or coverage is None:
        return rules.explanations[withheld.rule.value].text.to(current_language())
    if compared.figure.is_rate:
        needed = _("Einen Wert aller zusammen zeigen wir ab %(count)s Unternehmen", count=rules.sum_companies)
    else:
        needed = _(
            "Eine Mitte zeigen wir ab %(count)s vergleichbaren Unternehmen", count=rules.middle_companies
        )
    found = _(
        "in der letzten Freigabe sind es %(count)s von %(all)s",
        count=withheld.companies,
        all=coverage.members,
    )
    reasons = ", ".join(_reasons(shown_coverage(coverage, rules.sum_companies)))
    return f"{needed}, {found}: {reasons}." if reasons else f"{needed}, {found}."


def _reasons(shown: ShownCoverage) -> Iterator[str]:
    """Why so many of the members cannot be compared, as counts of several."""
    counts = {reason: count_text(count) for reason, count in shown.differences.items()}
    if Difference.ESTIMATED in counts:
        yield _("%(count)s schätzen", count=counts[Difference.ESTIMATED])
    if Difference.BOUNDARY in counts:
        yield _("%(count)s rechnen mit anderen Grenzen", count=counts[Difference.BOUNDARY])
    if Difference.GASES in counts:
        yield _("%(count)s zählen andere Gase", count=counts[Difference.GASES])
    if shown.explained.count or not shown.explained.is_exact:
        yield _("%(count)s begründen, warum die Zahl fehlt", count=count_text(shown.explained))
    if shown.missing.count or not shown.missing.is_exact:
        yield _("bei %(count)s fehlt sie", count=count_text(shown.missing))
