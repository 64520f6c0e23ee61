"""Names the file of an edition that defines a part of the catalogue."""

from dataclasses import dataclass
from pathlib import Path

from dnk_tool.catalogue.standard.indicator_sets import SETS_FOLDER
from dnk_tool.catalogue.standard.model import Aspect, Criterion, Indicator, Requirement, Section


@dataclass(frozen=True, slots=True)
class EditionSourceFiles:
    """The files of one edition, named by folder and file as in its problems."""

    folder: Path
    edition: str

    @property
    def catalogue(self) -> str:
        """The main file, which also has the general information."""
        return f"{self.edition}/catalogue.yaml"

    @property
    def options(self) -> str:
        """The file of the options with their aspects and supplements."""
        return f"{self.edition}/options.yaml"

    def section_file(self, section: Section) -> str:
        """The file of a criterion, of the general information, or of a supplement."""
        if isinstance(section, Criterion):
            return self.criterion_file(section.number)
        return self.catalogue if section.ref == "general" else self.options

    def criterion_file(self, number: int) -> str:
        """The file that begins with the number; the main file if there is none."""
        files = sorted((self.folder / self.edition).glob(f"{number:02d}-*.yaml"))
        return f"{self.edition}/{files[0].name}" if files else self.catalogue

    def requirement_file(self, section: Section, requirement: Requirement) -> str:
        """The file of the indicator's set, of the options for an added aspect, else of its section."""
        if isinstance(requirement, Indicator):
            return f"{self.edition}/{SETS_FOLDER}/{requirement.indicator_set}.yaml"
        return self.options if is_added_by_option(requirement) else self.section_file(section)


def is_added_by_option(requirement: Requirement) -> bool:
    """Whether an option adds this aspect to a criterion: 12.C1 is added, 18.2 is the criterion's own."""
    if not isinstance(requirement, Aspect) or requirement.option is None:
        return False
    return not requirement.ref.rpartition(".")[2].isdigit()
