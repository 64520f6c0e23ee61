"""Every kind of item is whole: a form, a way to fill it in, a way to read it; every field is on its page."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from wtforms import FieldList, Form, FormField

from dnk_tool.catalogue import editions, load_catalogue, selection_for
from dnk_tool.catalogue.standard.item_model import ItemKind
from dnk_tool.domain.answers.answer import Quality
from dnk_tool.paths import templates_folder
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.store.tables.figures import FigureRow
from dnk_tool.web.answers.section_forms import ITEM_FORMS, section_form
from tests.support.app import World, database_session, form_fields, section_addresses
from tests.support.browsers import signed_in


@pytest.mark.parametrize("kind", list(ItemKind))
def test_a_kind_has_a_form_and_both_partials(kind: ItemKind) -> None:
    assert kind in ITEM_FORMS, "web/answers/section_forms.py"
    for folder in ("items", "read_only"):
        assert (templates_folder() / "answers" / folder / f"{kind.value}.html").is_file(), folder


@pytest.mark.parametrize("kind", list(ItemKind))
def test_the_catalogue_uses_every_kind(kind: ItemKind) -> None:
    assert any(item.kind is kind for edition in editions() for item in load_catalogue(edition).items.values())


def field_names(form: Form) -> Iterator[str]:
    """The names of all input fields of a form; a table counts with one row."""
    for field in form:
        if isinstance(field, FormField):
            yield from field_names(field.form)
        elif isinstance(field, FieldList):
            entry = field[0] if len(field) else field.append_entry()
            yield from field_names(entry.form)
        else:
            yield field.name


@pytest.mark.parametrize("indicator_set", ["gri", "effas"])
def test_every_field_of_a_form_is_on_its_page(app: Flask, world: World, indicator_set: str) -> None:
    """A field without an input would be emptied by the next save."""
    options = sorted(option.key for option in load_catalogue("dnk-2017").options)
    with database_session(app) as session:
        declaration = session.get_one(Declaration, world.own_declaration)
        declaration.indicator_set, declaration.options = indicator_set, options
        year, now = declaration.reporting_year, datetime.now(UTC)
        selection = selection_for("dnk-2017", indicator_set, frozenset(options))
        points = {item.datapoint.key for item in selection.items.values() if item.datapoint}
        for point in points:  # the method behind figures is asked for once there are some
            given = {"year": year, "datapoint": point, "quality": Quality.NOT_AVAILABLE, "changed_at": now}
            session.add(FigureRow(organisation_id=world.own, **given))
    client = signed_in(app, "editor")
    for section in selection.sections:
        page = "".join(client.get(path).text for path in section_addresses(section, world.own_declaration))
        with app.test_request_context():
            wanted = set(field_names(section_form(selection, section)(formdata=None)))
        # What is the same for several figures has one field, which the others name.
        alike = {name.rpartition("-")[0] for name in wanted if f'name="{name.rpartition("-")[0]}-as"' in page}
        missing = {
            name for name in wanted if f'name="{name}"' not in page and name.rpartition("-")[0] not in alike
        }
        assert not missing, f"section {section.ref}"
        assert "csrf_token" in form_fields(page)
