"""Options of form fields, and the messages of a form by field: what templates walk and no longer build."""

from dnk_tool.web.text.form_errors import FieldError, messages_by_field
from dnk_tool.web.text.options import pair_options, text_options, with_current


def test_an_empty_option_stands_in_front_only_where_it_has_a_label() -> None:
    assert pair_options([(1, "Eins")]) == [{"value": 1, "label": "Eins"}]
    assert pair_options([(1, "Eins")], "alle")[0] == {"value": "", "label": "alle"}
    assert text_options(["Halle"]) == [{"value": "Halle", "label": "Halle"}]


def test_a_stored_value_that_is_no_option_any_more_stays_to_be_chosen() -> None:
    options = text_options(["Halle", "Büro"], "keinem bestimmten")
    assert with_current(options, "Halle") == options
    assert with_current(options, "") == options
    assert with_current(options, None) == options
    assert with_current(options, "Lager") == [*options, {"value": "Lager", "label": "Lager"}]


def test_summary_and_field_say_the_same_words() -> None:
    error = FieldError("name", "Es fehlt der Name.")
    assert error.href == "#name"
    assert messages_by_field([error]) == {"name": error.text}
