"""Templates: short lines, no lists built in Jinja, none that nothing uses, forms that keep what is typed."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

from dnk_tool.paths import templates_folder

TEMPLATES = templates_folder()
PACKAGE = Path(__file__).parents[2] / "dnk_tool"
LONGEST_LINE = 140
NAMES = frozenset(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
STYLES = frozenset(name for name in NAMES if name.endswith(".css"))
ENVIRONMENT = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])


@cache
def _parsed_template(name: str) -> nodes.Template:
    return ENVIRONMENT.parse((TEMPLATES / name).read_text("utf-8"))


def test_lines_are_short() -> None:
    """A long text is written as several strings beside each other, which Jinja and Babel read as one."""
    long = [
        f"templates/{name}:{number}: {len(line)}"
        for name in sorted(NAMES)
        for number, line in enumerate((TEMPLATES / name).read_text("utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not long


def test_no_list_grows_in_a_template() -> None:
    """Without the extension `do` a list could still grow by addition, or by a method."""
    grown = [
        f"templates/{name}:{line}"
        for name in sorted(NAMES - STYLES)
        for line in _grown(_parsed_template(name))
    ]
    assert not grown


def _grown(tree: nodes.Template) -> Iterator[int]:
    for loop in tree.find_all(nodes.For):
        for assigned in loop.find_all(nodes.Assign):
            value = assigned.node
            if isinstance(value, nodes.Add) and any(value.find_all((nodes.List, nodes.Dict))):
                yield assigned.lineno
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr in {
            "append",
            "extend",
            "update",
            "insert",
        }:
            yield call.lineno


def test_no_environment_knows_statements() -> None:
    """A template with a statement then does not even compile."""
    sources = [*PACKAGE.rglob("*.py"), PACKAGE.parent / "pyproject.toml"]
    assert not [path for path in sources if "jinja2.ext.do" in path.read_text("utf-8")]


def test_every_template_is_used() -> None:
    """Python names it, or a template that is used includes, imports or extends it."""
    used: set[str] = set()
    names = _named_in_python()
    while names:
        used |= names
        patterns = {pattern for name in names - STYLES for pattern in _named_in_template(name)}
        names = {name for name in NAMES - used if any(re.fullmatch(pattern, name) for pattern in patterns)}
    assert sorted(NAMES - used) == []


def _named_in_python() -> set[str]:
    """What stands in the package as a text: mails without folder and ending, styles without their folder."""
    nodes_of_package = [
        node for path in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
    ]
    texts = {
        node.value
        for node in nodes_of_package
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    patterns = {_pattern_of_text(node) for node in nodes_of_package if isinstance(node, ast.JoinedStr)}
    return {name for name in NAMES if _is_named(name, texts, patterns)}


def _is_named(name: str, texts: set[str], patterns: set[str]) -> bool:
    mail = name.removeprefix("mail/").removesuffix(".txt")
    if name in texts or mail in texts:
        return True
    if name in STYLES:
        return any(text.endswith(name.rpartition("/")[2]) for text in texts)
    return any(re.fullmatch(pattern, known) for pattern in patterns for known in (name, mail))


def _pattern_of_text(text: ast.JoinedStr) -> str:
    """A name that is put together, such as "sign_off/sign_off_" and a word; its folder must be fixed."""
    parts = [
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w-]+" for part in text.values
    ]
    return "".join(parts) if re.match(r"[a-z_]+/", parts[0]) else "(?!)"


def _named_in_template(name: str) -> Iterator[str]:
    """Patterns of the names that a template asks for."""
    for node in _parsed_template(name).find_all(
        (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    ):
        yield _pattern(node.template)


def _pattern(name: nodes.Expr) -> str:
    """A name, or a pattern where parts of it are known only when the page is rendered."""
    if isinstance(name, nodes.Const):
        return re.escape(name.value)
    if isinstance(name, nodes.Concat):
        return "".join(_pattern(part) for part in name.nodes)
    return r"[\w-]+"


# ---- Nothing typed in a form is lost

SIGN_IN = "passwords and codes, which no browser may keep; nobody is signed in whose the rest would be"
CONFIRMATION = "a word or a tick that confirms what the page says, to be given anew each time"
LIST = "a list of people, of which no browser may keep anything either; it is pasted again"
VIEW = "which year and cohort is shown: one choice, which the button beside it carries out"
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
    "clusters/workshop/wall_code.html": SIGN_IN,
    "clusters/company_list/rows.html": LIST,
    "clusters/company_list/upload.html": LIST,
    "measures/list/rows.html": LIST,
    "measures/list/upload.html": LIST,
    "clusters/cockpit/years.html": VIEW,
    "declarations/delete.html": CONFIRMATION,
    "declarations/erase.html": CONFIRMATION,
    "declarations/sign_off/sign_off.html": CONFIRMATION,
    "figures/lists/preview.html": LIST,
    "figures/lists/send.html": LIST,
    "clusters/member_file/removal.html": CONFIRMATION,
    "invitations/joining.html": SIGN_IN,
    "operation/cluster_delete.html": CONFIRMATION,
    "operation/company_closing.html": CONFIRMATION,
    "operation/company_delete.html": CONFIRMATION,
    "operation/people/erase.html": CONFIRMATION,
    "operation/people/factors.html": CONFIRMATION,
}
PAGES = sorted(name for name in NAMES if name.endswith(".html"))
FIELD = re.compile(r'<(?:textarea|select)\b|<input\b(?![^>]*type="hidden")')
CALL = re.compile(r"(?<![.\w])([a-z_]\w*)\(")
INCLUDE = re.compile(r'{% include "([^"]+\.html)"')
MACRO = re.compile(r"{% macro (\w+)\(.*?{% endmacro %}", re.DOTALL)
FORM = re.compile(r'<form\b(?![^>]*method="get").*?</form>', re.DOTALL)
KEPT = re.compile(r"{{ (?:keep|autosave_attributes)\(")


@cache
def _template_source(name: str) -> str:
    return re.sub(r"{#.*?#}", "", (TEMPLATES / name).read_text("utf-8"), flags=re.DOTALL)


@cache
def _macros_with_fields() -> frozenset[str]:
    """Macros that write a field, themselves or through another one."""
    bodies = [(match[1], match[0]) for name in PAGES for match in MACRO.finditer(_template_source(name))]
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
        or any(_has_field(_template_source(name)) for name in INCLUDE.findall(source))
    )


def _unkept(name: str) -> list[str]:
    """The forms of the template in which somebody may type or choose, and nothing keeps it."""
    forms = (match[0] for match in FORM.finditer(_template_source(name)))
    return [form.split("\n")[0] for form in forms if _has_field(form) and not KEPT.search(form)]


def test_every_form_keeps_what_is_typed() -> None:
    """It saves by itself, or the browser keeps it and asks before it is left."""
    assert {"field", "radios", "quantity", "table_input"} <= _macros_with_fields()
    unkept = {name: forms for name in PAGES if (forms := _unkept(name))}
    assert {name: forms for name, forms in unkept.items() if name not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) - set(unkept) == set()


def test_no_form_with_a_password_or_a_code_is_kept() -> None:
    secret = re.compile(r'type="password"|one-time-code|(?:current|new)-password')
    forms = ((name, form) for name in PAGES for form in FORM.findall(_template_source(name)))
    assert not [name for name, form in forms if KEPT.search(form) and secret.search(form)]
