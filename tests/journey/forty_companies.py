"""A list of forty companies as an address book exports it: a cover sheet in front, and ten planted faults."""

import io

import xlsxwriter

MEMBER, WITHDRAWN = "Tischlerei Sommer GmbH", "Hof Lütke-Berg"
HEADINGS = ("Nr.", "Firma", "Vorname", "Name", "Telefon", "Mailadresse", "Ort")
TRADES = ("Bäckerei", "Dachdeckerei", "Druckerei", "Gärtnerei", "Lackiererei")
FAMILIES = ("Krüger", "Pohlmann", "Vahrenholt", "Oberschelp", "Zumdick", "Escher")
FAULTY = (
    ("Feinkost Detmold e. K.", "p.simon@feinkost"),
    ("", "kessler@ib-kessler.example"),
    ("Mosterei Senne GmbH", "0521 448812"),
    ("Polster Rietberg GmbH", "giesen@polster..example"),
    ("Verlag Lippische Blätter", ""),
    ("Bäckerei Krüger GmbH", "firma1@firma.example"),  # as in the first row
    ("Tischlerei Sommer GmbH", "sommer@sommer.example"),
    ("Tischlerei Sommer", "s.sommer@sommer.example"),
    ("Hof Lütke-Berg", "hof@luetke-berg.example"),
    ("Baeckerei Pohlmann", "neu@pohlmann.example"),  # almost as in the second row
)
# What a person writes into the faulty rows, by their place in FAULTY and the field.
CORRECTIONS = {
    (0, "email"): "p.simon@feinkost.example",
    (1, "company"): "Ingenieurbüro Kessler",
    (2, "email"): "info@mosterei.example",
    (3, "email"): "giesen@polster.example",
}
FIRST_ROW = 4  # of the companies in their sheet, below a title and the headings
FIRST_FAULTY = FIRST_ROW + len(TRADES) * len(FAMILIES)


def listed_companies() -> list[tuple[str, ...]]:
    """The companies with the faulty ones last."""
    good = [(f"{trade} {family} GmbH", family) for trade in TRADES for family in FAMILIES]
    listed = [
        (company, f"firma{number}@firma.example", name)
        for number, (company, name) in enumerate(good, start=1)
    ]
    listed += [(company, email, "Kessler") for company, email in FAULTY]
    return [
        (str(number), company, "Kim", name, f"0521 44{number:04}", email, "Bielefeld")
        for number, (company, email, name) in enumerate(listed, start=1)
    ]


def company_workbook() -> bytes:
    """The list as an Excel file."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        cover = book.add_worksheet("Deckblatt")
        cover.write_column(
            0, 0, ["Auszug aus der Adressverwaltung", "Stand: 27.11.2026", "Bearbeitet von K. Weber"]
        )
        sheet = book.add_worksheet("Mitglieder")
        sheet.write(0, 0, "Unternehmen, die wir einladen möchten")
        for number, cells in enumerate([HEADINGS, *listed_companies()], start=2):
            sheet.write_row(number, 0, cells)
    return file.getvalue()
