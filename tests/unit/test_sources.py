"""What no source of the product uses, as it would run what strangers write; and what a password costs."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

from dnk_tool.services.accounts import passwords

ROOT = Path(__file__).parents[2]
PACKAGE, TEMPLATES = ROOT / "dnk_tool", ROOT / "templates"

# Modules that run what they read, guess numbers, or ask services that the product does not have.
FORBIDDEN_MODULES = frozenset(
    {
        "dill",
        "imaplib",
        "ldap",
        "ldap3",
        "lxml",
        "marshal",
        "memcache",
        "pickle",
        "pymemcache",
        "random",
        "shelve",
        "telnetlib",
        "yaml",
    }
)
FORBIDDEN_NAMES = frozenset({"eval", "exec", "compile", "__import__", "render_template_string"})
FORBIDDEN_ATTRIBUTES = frozenset({"system", "popen", "from_string", "find_class"})
# Starting a child, reading XML and asking a server is the business of these modules only.
ONLY_IN: dict[str, frozenset[str]] = {
    "subprocess": frozenset(
        {
            "report/process/client.py",
            "services/backup/age.py",
            "services/uploads/sandbox.py",
            "web/assets/build.py",
        }
    ),
    # The second one only writes.
    "xml": frozenset({"services/uploads/decoding/xml_parts.py", "report/files/word/markup.py"}),
    "requests": frozenset({"services/accounts/single_sign_on.py"}),
    "smtplib": frozenset({"services/mail/delivery.py", "services/mail/trial.py"}),
    "obstore": frozenset({"store/evidence/s3_blob_store.py"}),
    "webauthn": frozenset({"services/accounts/passkeys.py"}),
}
# Connections, sessions and errors; everything else of SQLAlchemy makes statements.
OF_SQLALCHEMY_OUTSIDE_THE_STORE = frozenset(
    {
        "ArgumentError",
        "DataError",
        "Engine",
        "IntegrityError",
        "InterfaceError",
        "NoSuchModuleError",
        "ORMExecuteState",
        "DatabaseError",
        "OperationalError",
        "SQLAlchemyError",
        "Session",
        "SessionTransaction",
        "TimeoutError",
        "event",
        "sessionmaker",
    }
)
LOG_CALLS = frozenset({".info", ".warning", ".error", ".critical", ".exception", ".log"})
STATEMENT_CALLS = frozenset({".exec_driver_sql", ".execute", ".executemany", ".query", ".scalar", ".scalars"})
# Pragmas and names of tables, which cannot be parameters.
PUT_TOGETHER = frozenset(
    {
        "store/copy_database.py",
        "store/schema.py",
        "store/migrations/newest.py",
        "store/migrations/versions/0009_figures_and_events.py",
        "store/migrations/versions/0017_archive.py",
    }
)
IN_TEMPLATES = re.compile(r"\|\s*safe\b|autoescape\s+false|\bon(click|load|error|submit)=|javascript:")
IN_SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage|__proto__|"
    r"XMLHttpRequest|document\.domain|https?://(?!\))|\.(assign|merge)\([^)]*JSON\.parse"
)


Source = list[ast.Import | ast.ImportFrom | ast.Call]


@cache
def sources() -> dict[str, Source]:
    """Every module of the package by its path in it: all its imports and calls, wherever they stand."""
    paths = [path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts]
    return {path.relative_to(PACKAGE).as_posix(): read_source(path) for path in paths}


def read_source(path: Path) -> Source:
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom | ast.Call)]


def imports(source: Source) -> Iterator[str]:
    """The top-level packages that a module imports."""
    for node in source:
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def imports_whole(source: Source, package: str) -> bool:
    """Whether a module imports the package or one of its modules as a whole, and so everything in it."""
    nodes = (node for node in source if isinstance(node, ast.Import))
    return any(alias.name.partition(".")[0] == package for node in nodes for alias in node.names)


def calls(source: Source) -> Iterator[tuple[str, ast.Call]]:
    """The name of each function that is called, and the call; a method has a dot before its name."""
    for node in source:
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id, node
            elif isinstance(node.func, ast.Attribute):
                yield f".{node.func.attr}", node


def keywords(call: ast.Call) -> dict[str, object]:
    """The call's keyword arguments that are constants."""
    return {
        one.arg: one.value.value for one in call.keywords if one.arg and isinstance(one.value, ast.Constant)
    }


def test_no_module_runs_or_guesses_what_it_reads() -> None:
    found = {(path, name) for path, source in sources().items() for name in imports(source)}
    assert sorted(one for one in found if one[1] in FORBIDDEN_MODULES) == []


def test_no_text_becomes_code_template_or_command() -> None:
    forbidden = FORBIDDEN_NAMES | {f".{name}" for name in FORBIDDEN_ATTRIBUTES}
    found = [(path, name, call) for path, source in sources().items() for name, call in calls(source)]
    assert [(path, name) for path, name, _call in found if name in forbidden] == []
    assert [(path, name) for path, name, call in found if keywords(call).get("shell")] == []


def test_statements_are_written_in_the_store_alone() -> None:
    """Every read and write of a company's rows stands there, beside what limits it to that company (A2)."""
    outside = {path: source for path, source in sources().items() if not path.startswith("store/")}
    imported = {
        (path, name.name)
        for path, source in outside.items()
        for node in source
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "sqlalchemy"
        for name in node.names
        if name.name not in OF_SQLALCHEMY_OUTSIDE_THE_STORE
    }
    assert imported == set()
    assert [path for path, source in outside.items() if imports_whole(source, "sqlalchemy")] == []
    assert [
        (path, name)
        for path, source in outside.items()
        for name, _call in calls(source)
        if name in STATEMENT_CALLS
    ] == []


def test_no_statement_is_put_together_from_words() -> None:
    """A statement as text is a constant; names of tables are put into some of the migrations."""
    made_up = {
        path
        for path, source in sources().items()
        for name, call in calls(source)
        if name in ("text", ".text", ".exec_driver_sql") and path.startswith("store/") and call.args
        if not isinstance(call.args[0], ast.Constant)
    }
    assert made_up == PUT_TOGETHER


@pytest.mark.parametrize("package", ONLY_IN)
def test_children_xml_and_servers_have_their_modules(package: str) -> None:
    assert {path for path, source in sources().items() if package in set(imports(source))} == ONLY_IN[package]


def test_weak_hashes_protect_nothing() -> None:
    weak = [
        (path, call)
        for path, source in sources().items()
        for name, call in calls(source)
        if name in ("md5", ".md5", "sha1", ".sha1")
    ]
    assert [path for path, call in weak if keywords(call).get("usedforsecurity") is not False] == []


def test_no_template_lets_words_be_markup() -> None:
    paths = [path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".xml", ".txt")]
    assert len(paths) > 100
    found = {
        path.relative_to(TEMPLATES).as_posix(): IN_TEMPLATES.findall(path.read_text("utf-8"))
        for path in paths
    }
    assert {name for name, places in found.items() if places} == set()


def test_no_script_makes_markup_of_words_or_listens_to_other_windows() -> None:
    paths = list((PACKAGE / "web/assets").glob("*.js"))
    assert len(paths) >= 5
    assert {path.name for path in paths if IN_SCRIPTS.search(path.read_text("utf-8"))} == set()


def test_a_password_costs_what_is_recommended() -> None:
    """Read anew: the other tests have cheaper hashes."""
    spec = importlib.util.spec_from_file_location("passwords_as_shipped", str(passwords.__file__))
    assert spec
    assert spec.loader
    shipped = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shipped)
    assert shipped.hashed("sieben Fahrräder im Regen").startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_every_module_that_logs_stands_in_the_inventory() -> None:
    """The table of docs/logs.md names each logger, or its room with a star."""
    text = (PACKAGE.parent / "docs/logs.md").read_text("utf-8")
    listed = re.findall(r"`((?:cli|report|services|store|web)\.[\w.]+(?:\*|\b))`", text)
    logging_modules = {
        path.removesuffix(".py").replace("/", ".")
        for path, source in sources().items()
        for name, call in calls(source)
        if name in LOG_CALLS and isinstance(call.func, ast.Attribute)
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "log"
    }
    assert len(logging_modules) > 30
    assert [
        module for module in sorted(logging_modules) if not any(fnmatch(module, name) for name in listed)
    ] == []
