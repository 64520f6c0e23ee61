"""Nothing typed is lost in any form: it saves by itself, or the browser keeps it and asks before."""

import re
from functools import cache

from dnk_tool.paths import templates_folder

TEMPLATES = templates_folder()
SIGN_IN = "passwords and codes, which no browser may keep; nobody is signed in whose the rest would be"
CONFIRMATION = "a word or a tick that confirms what the page says, to be given anew each time"
# Forms with fields that neither save by themselves nor keep what is typed, and why.
EXCEPTIONS = {
    "accounts/authenticator_app.html": SIGN_IN,
    "accounts/confirm.html": SIGN_IN,
    "accounts/erase.html": CONFIRMATION,
    "accounts/first_start.html": SIGN_IN,
    "accounts/sign_in/change_password.html": SIGN_IN,
    "accounts/sign_in/forgot_password.html": SIGN_IN,
    "accounts/sign_in/register.html": SIGN_IN,
    "accounts/sign_in/register_confirm.html": SIGN_IN,
    "accounts/sign_in/reset_password.html": SIGN_IN,
    "accounts/sign_in/second_step.html": SIGN_IN,
    "accounts/sign_in/sign_in.html": SIGN_IN,
    "declarations/delete.html": CONFIRMATION,
    "declarations/sign_off/sign_off.html": CONFIRMATION,
    "invitations/joining.html": SIGN_IN,
    "operation/cluster_delete.html": CONFIRMATION,
    "operation/company_delete.html": CONFIRMATION,
    "operation/people/erase.html": CONFIRMATION,
    "operation/people/factors.html": CONFIRMATION,
}
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
FIELD = re.compile(r'<(?:textarea|select)\b|<input\b(?![^>]*type="hidden")')
CALL = re.compile(r"(?<![.\w])([a-z_]\w*)\(")
INCLUDE = re.compile(r'{% include "([^"]+)"')
MACRO = re.compile(r"{% macro (\w+)\(.*?{% endmacro %}", re.DOTALL)
FORM = re.compile(r'<form\b(?![^>]*method="get").*?</form>', re.DOTALL)
KEPT = re.compile(r"{{ (?:keep|autosave_attributes)\(")


@cache
def _source(name: str) -> str:
    return re.sub(r"{#.*?#}", "", (TEMPLATES / name).read_text("utf-8"), flags=re.DOTALL)


@cache
def _macros_with_fields() -> frozenset[str]:
    """Macros that write a field, themselves or through another one."""
    bodies = [(match[1], match[0]) for name in NAMES for match in MACRO.finditer(_source(name))]
    known: frozenset[str] = frozenset()
    while True:
        more = known | {name for name, body in bodies if FIELD.search(body) or known & _calls(body, name)}
        if more == known:
            return known
        known = more


def _calls(source: str, but: str = "") -> set[str]:
    return set(CALL.findall(source)) - {but}


def _has_field(source: str) -> bool:
    return bool(
        FIELD.search(source)
        or _calls(source) & _macros_with_fields()
        or any(_has_field(_source(name)) for name in INCLUDE.findall(source))
    )


def _unkept(name: str) -> list[str]:
    """The forms of the template in which somebody may type or choose, and nothing keeps it."""
    forms = (match[0] for match in FORM.finditer(_source(name)))
    return [form.split("\n")[0] for form in forms if _has_field(form) and not KEPT.search(form)]


def test_every_form_keeps_what_is_typed() -> None:
    assert {"field", "radios", "quantity", "table_input"} <= _macros_with_fields()
    unkept = {name: forms for name in NAMES if (forms := _unkept(name))}
    assert {name: forms for name, forms in unkept.items() if name not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) - set(unkept) == set()


def test_no_form_with_a_password_or_a_code_is_kept() -> None:
    secret = re.compile(r'type="password"|one-time-code|(?:current|new)-password')
    forms = ((name, form) for name in NAMES for form in FORM.findall(_source(name)))
    assert not [name for name, form in forms if KEPT.search(form) and secret.search(form)]
