"""Says which set of global warming potentials the inventory uses."""

from dnk_tool.catalogue.factors.model import GWP_SETS
from dnk_tool.domain.declarations.annex import OWN_POTENTIAL, UsedFactor
from dnk_tool.domain.figures.calculators.lines import GWP_SETS_OF_EDITIONS
from dnk_tool.report.view.context import RenderContext


def potentials_sentence(source: RenderContext) -> str:
    """The sets of the lines and the one chosen for the inventory; "" where there is neither."""
    steps = [step for line in source.document.annex.calculations for step in line.steps]
    used = {_gwp_set(step.factor) for step in steps if step.factor} | {source.document.gwp_set}
    _ = source.words.gettext
    reports = {
        "AR4": _("Vierter Sachstandsbericht (AR4, 2007)"),
        "AR5": _("Fünfter Sachstandsbericht (AR5, 2013)"),
        "AR6": _("Sechster Sachstandsbericht (AR6, 2021)"),
    }
    named = [reports[gwp_set] for gwp_set in GWP_SETS if gwp_set in used]
    if not named:
        return ""
    return _("Treibhauspotenziale (GWP) über 100 Jahre: IPCC, %(reports)s.") % {"reports": "; ".join(named)}


def _gwp_set(factor: UsedFactor) -> str:
    """The set that the factor belongs to, or ""."""
    typed = factor.source.removeprefix(OWN_POTENTIAL) if not factor.edition else ""
    return GWP_SETS_OF_EDITIONS.get(factor.edition, typed)
