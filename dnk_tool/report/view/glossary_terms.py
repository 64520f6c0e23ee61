"""The terms and abbreviations that a declaration explains to its readers, in our own words.

The first text is the term as it is printed, then its meaning; `pattern` finds it in German and English texts.
"""

import re
from dataclasses import dataclass

from dnk_tool.catalogue.values import Text


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A term with its meaning, and how it is recognised."""

    name: Text
    meaning: Text
    pattern: re.Pattern[str]


def _term(name: tuple[str, str], pattern: str, german: str, english: str) -> GlossaryTerm:
    return GlossaryTerm(Text(*name), Text(german, english), re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"))


def _same_name_term(name: str, pattern: str, german: str, english: str) -> GlossaryTerm:
    return _term((name, name), pattern, german, english)


TERMS = (
    _term(
        ("Basisjahr", "Base year"),
        r"Basisjahr(?:e?s)?|Ausgangsjahr(?:e?s)?|[Bb]ase year",
        "Das Jahr, mit dem ein Ziel oder eine Zahl verglichen wird.",
        "The year with which a goal or a figure is compared.",
    ),
    _term(
        ("Biogenes CO₂", "Biogenic CO₂"),
        r"[Bb]iogen(?:e[sn]?|ic)",
        "CO₂ aus Holz, Biogas und anderem, was nachwächst. Es wird getrennt von Scope 1 bis 3 genannt.",
        "CO₂ from wood, biogas and other things that grow back. It is stated separately from Scope 1 to 3.",
    ),
    _same_name_term(
        "CO₂e",
        r"CO₂e|CO2e|CO₂-Äquivalente?n?",
        "CO₂-Äquivalente: alle Treibhausgase, umgerechnet in die Menge CO₂, die das Klima ebenso stark "
        "erwärmt.",
        "CO₂ equivalents: all greenhouse gases, expressed as the amount of CO₂ that warms the climate as "
        "much.",
    ),
    _same_name_term(
        "CSR-RUG",
        r"CSR-RUG",
        "Deutsches Gesetz, nach dem bestimmte große Unternehmen über Nachhaltigkeit berichten müssen.",
        "German law that obliges certain large companies to report on sustainability.",
    ),
    _term(
        ("DNK", "DNK"),
        r"DNK",
        "Deutscher Nachhaltigkeitskodex: ein Standard mit 20 Kriterien für Berichte zur Nachhaltigkeit.",
        "The German Sustainability Code: a standard with 20 criteria for reporting on sustainability.",
    ),
    _same_name_term(
        "EFFAS",
        r"EFFAS",
        "Europäischer Verband der Finanzanalysten; von ihm stammt einer der beiden Sätze von Indikatoren "
        "des DNK.",
        "European Federation of Financial Analysts Societies; one of the two sets of indicators is its own.",
    ),
    _same_name_term(
        "EMAS",
        r"EMAS",
        "System der EU für das Umweltmanagement mit Prüfung durch zugelassene Gutachter.",
        "The EU scheme for environmental management, with checks by accredited verifiers.",
    ),
    _term(
        ("Emissionsfaktor", "Emission factor"),
        r"Emissionsfaktor(?:en)?|[Ee]mission factors?",
        "Sagt, wie viel Treibhausgas je Einheit entsteht, zum Beispiel je Kilowattstunde Strom.",
        "Says how much greenhouse gas one unit causes, such as a kilowatt-hour of electricity.",
    ),
    _term(
        ("Energierückgewinnung", "Energy recovery"),
        r"Energiegewinnung|[Ee]nergetische Verwertung|energetisch verwertet|[Ee]nergy recovery",
        "Abfall wird verbrannt und die Wärme genutzt. Als Recycling zählt das nicht.",
        "Waste is burned and its heat is used. This does not count as recycling.",
    ),
    _term(
        ("EU-Taxonomie", "EU taxonomy"),
        r"EU-Taxonomie|EU [Tt]axonomy",
        "Verordnung der EU, die festlegt, welche wirtschaftlichen Tätigkeiten als ökologisch nachhaltig "
        "gelten.",
        "EU regulation that sets out which economic activities count as environmentally sustainable.",
    ),
    _same_name_term(
        "FSC",
        r"FSC(?:®)?",
        "Zeichen für Holz und Papier aus Wäldern, die nach festen ökologischen und sozialen Regeln "
        "bewirtschaftet werden.",
        "Label for wood and paper from forests that are managed by set ecological and social rules.",
    ),
    _same_name_term(
        "GHG Protocol",
        r"GHG Protocol",
        "Weit verbreiteter Standard dafür, wie ein Unternehmen seine Treibhausgase berechnet.",
        "A widely used standard for how a company calculates its greenhouse gases.",
    ),
    _same_name_term(
        "GRI SRS",
        r"GRI SRS|GRI",
        "Standards der Global Reporting Initiative; von ihnen stammt einer der beiden Sätze von "
        "Indikatoren des DNK.",
        "Standards of the Global Reporting Initiative; one of the two sets of indicators is taken from them.",
    ),
    _same_name_term(
        "ILO",
        r"ILO",
        "Internationale Arbeitsorganisation; ihre Kernarbeitsnormen verbieten zum Beispiel Kinder- und "
        "Zwangsarbeit.",
        "International Labour Organization; its core standards forbid child labour and forced labour, "
        "for example.",
    ),
    _same_name_term(
        "ISO 14001",
        r"ISO[ \u00a0]14001",
        "Internationale Norm für das Umweltmanagement eines Betriebs.",
        "International standard for environmental management.",
    ),
    _same_name_term(
        "ISO 45001",
        r"ISO[ \u00a0]45001",
        "Internationale Norm für Sicherheit und Gesundheit bei der Arbeit.",
        "International standard for health and safety at work.",
    ),
    _same_name_term(
        "ISO 50001",
        r"ISO[ \u00a0]50001",
        "Internationale Norm für das Energiemanagement eines Betriebs.",
        "International standard for energy management.",
    ),
    _same_name_term(
        "kWh, MWh, GWh",
        r"[kMG]Wh",
        "Kilowattstunde, das Maß für Energie; 1 MWh sind 1.000 kWh, 1 GWh sind 1.000 MWh.",
        "Kilowatt-hour, a measure of energy; 1 MWh is 1,000 kWh, 1 GWh is 1,000 MWh.",
    ),
    _same_name_term(
        "LkSG",
        r"LkSG|Lieferkettensorgfaltspflichtengesetz",
        "Deutsches Gesetz, nach dem große Unternehmen in ihren Lieferketten auf Menschenrechte achten "
        "müssen.",
        "German law that obliges large companies to look after human rights in their supply chains.",
    ),
    _term(
        ("Marktbasiert", "Market-based"),
        r"[Mm]arktbasiert|[Mm]arket-based",
        "Scope 2, berechnet mit den Werten der eigenen Lieferverträge, etwa für Ökostrom.",
        "Scope 2, calculated with the values of the company’s own supply contracts, such as for green "
        "electricity.",
    ),
    _same_name_term(
        "NAP",
        r"NAP",
        "Nationaler Aktionsplan Wirtschaft und Menschenrechte der Bundesregierung.",
        "The German government’s National Action Plan on Business and Human Rights.",
    ),
    _same_name_term(
        "PEFC",
        r"PEFC",
        "Zeichen für Holz und Papier aus nachhaltig bewirtschafteten Wäldern.",
        "Label for wood and paper from sustainably managed forests.",
    ),
    _term(
        ("PP", "pp"),
        r"PP|Prozentpunkte?n?|percentage points?|(?<=\d[ \u00a0])pp",
        "Prozentpunkte: der Abstand zweier Prozentwerte. Von 20 auf 25 Prozent sind es 5 Prozentpunkte.",
        "Percentage points: the distance between two percentages. From 20 to 25 per cent is 5 percentage "
        "points.",
    ),
    _same_name_term(
        "SA8000",
        r"SA[ \u00a0]?8000",
        "Internationale Norm für faire Arbeitsbedingungen, die von Dritten geprüft wird.",
        "International standard for fair working conditions that third parties check.",
    ),
    _same_name_term(
        "Scope 1",
        r"Scope[ \u00a0]1",
        "Treibhausgase, die im Betrieb selbst entstehen: Heizung, eigene Fahrzeuge, Prozesse, Kältemittel.",
        "Greenhouse gases from the company itself: heating, own vehicles, processes, refrigerants.",
    ),
    _same_name_term(
        "Scope 2",
        r"Scope[ \u00a0](?:1 und |1 and )?2",
        "Treibhausgase aus der Erzeugung von eingekauftem Strom, Wärme, Kälte und Dampf.",
        "Greenhouse gases from generating purchased electricity, heat, cooling and steam.",
    ),
    _same_name_term(
        "Scope 3",
        r"Scope[ \u00a0](?:1 bis |1 to )?3(?:\.\d+)?",
        "Treibhausgase vor und nach dem eigenen Betrieb, etwa aus Material, Transporten und Arbeitswegen.",
        "Greenhouse gases before and after the company itself, such as from materials, transport and "
        "commuting.",
    ),
    _same_name_term(
        "SDG",
        r"SDGs?",
        "Die 17 Ziele der Vereinten Nationen für nachhaltige Entwicklung.",
        "The 17 Sustainable Development Goals of the United Nations.",
    ),
    _term(
        ("Standortbasiert", "Location-based"),
        r"[Ss]tandortbasiert|[Ll]ocation-based",
        "Scope 2, berechnet mit dem Durchschnitt des Netzes am Standort; ein Vertrag über Ökostrom "
        "ändert nichts.",
        "Scope 2, calculated with the average of the local grid; a green electricity contract changes "
        "nothing.",
    ),
    _term(
        ("THG", "GHG"),
        r"THG(?:-\w+)?|GHG(?! Protocol)",
        "Treibhausgase: Gase wie CO₂, Methan und Lachgas, die das Klima erwärmen.",
        "Greenhouse gases: gases such as CO₂, methane and nitrous oxide that warm the climate.",
    ),
    _term(
        ("Vorkette", "Upstream"),
        r"Vorkette|[Uu]pstream",
        "Was entsteht, bevor ein Brennstoff oder Strom im Betrieb ankommt: Förderung, Verarbeitung, "
        "Transport.",
        "What arises before fuel or electricity reaches the company: extraction, processing, transport.",
    ),
    _term(
        ("VZÄ", "FTE"),
        r"VZÄ|FTEs?|Vollzeitäquivalente?n?|[Ff]ull-time equivalents?",
        "Vollzeitäquivalent: Stellen, umgerechnet in volle Arbeitszeit. Zwei halbe Stellen sind 1 VZÄ.",
        "Full-time equivalent: posts converted to full working time. Two half-time posts are 1 FTE.",
    ),
    _term(
        ("Wasserknappheit", "Water stress"),
        r"Wasserknappheit|Wasserstress|[Ww]ater stress",
        "Gebiete, in denen auf Dauer mehr Wasser gebraucht wird, als nachkommt.",
        "Areas in which more water is needed over time than is replenished.",
    ),
    _term(
        ("Wesentlichkeit", "Materiality"),
        r"Wesentlichkeit(?:s\w+)?|[Mm]ateriality",
        "Welche Themen für ein Unternehmen und für die Welt um es herum wirklich zählen.",
        "Which topics really matter to a company and to the world around it.",
    ),
    _same_name_term(
        "WZ 2008",
        r"WZ[ \u00a0]2008",
        "Amtliches deutsches Verzeichnis der Wirtschaftszweige.",
        "The official German classification of economic sectors.",
    ),
)
