"""The rooms of the house: the same names in every layer, in templates and tests; none too large or small.

The order in which rooms may import each other stands in pyproject.toml, a contract for each layer.
"""

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median

import grimp
import pytest

from dnk_tool import store
from dnk_tool.store import tables
from dnk_tool.store.base import Base

ROOT = Path(__file__).parents[2]
PACKAGE, TEMPLATES, TESTS = ROOT / "dnk_tool", ROOT / "templates", ROOT / "tests"
LAYERS = ("catalogue", "domain", "store", "report", "services", "web")

# What the product is about. A room that is a single module counts, such as domain/review.py.
ROOMS: dict[str, str] = {
    "answers": "what a company writes: aspects, goals, self-assessment, quick checks, their history",
    "figures": "what a company measures: figures, calculators, sites, plausibility",
    "factors": "emission factors and their editions",
    "evidence": "files that an answer, figure or line rests on",
    "uploads": "files that people hand in, read with limits",
    "declarations": "the whole of a year: settings, states, versions, sign-off, the year after",
    "review": "a cluster's look at a submitted version: verdicts, remarks, rounds",
    "publication": "what everybody can read, verify and trust",
    "exports": "files to take away, rendered on order",
    "invitations": "secret links by mail, and what they open",
    "measures": "what a company does to use less: effects, its path to a climate goal",
    "aggregates": "sums and middle values over members: rules, releases, a joint goal, the cluster's report",
    "exchange": "what members of a cluster share: polls, good examples, residues",
    "clusters": "networks of companies: members, consent, cockpit, messages",
    "people": "companies and who works for them",
    "accounts": "signing in, and what proves who somebody is",
    "privacy": "a person's rights: their data, erasure, retention",
    "mail": "mails on their way, and reminders",
    "backup": "everything in one file, checked, put back, and quiet until it is resumed",
    "operation": "what an operator sees and decides: state, people, companies, clusters, notices",
    "editing": "what every edit asks: what is open, for whom, and whether a save is a conflict",
    "help": "explains the program, and finds what somebody looks for",
    "activity": "who changed what, from what to what: it reads every room's events, so it belongs to none",
}

# What else a layer holds, and why it is no room of the product.
OWN_ROOMS: dict[str, dict[str, str]] = {
    "catalogue": {
        "standard": "an edition of a standard, which all answers and figures follow",
        "calculators": "what a line of a calculator asks for, as data",
        "plausibility": "what looks odd about figures, as data",
        "presentation": "key figures, charts and terms that an edition prints, as data",
        "drafts": "what drafts of answers are made of, as data: facts, sentences, examples by branch",
        "self_checks": "the questions of the quick checks, as data",
        "remark_templates": "what reviewers often write to a company, as data",
        "poll_questions": "questions with which a cluster begins a poll, as data",
        "measure_kinds": "the kinds of measures and the carriers they save, as data",
        "aggregation_rules": "when a sum or a middle value over companies may be shown, as data",
        "help_topics": "the help pages, as data",
        "sectors": "the sectors that a company may belong to, as data",
        "waste_codes": "the codes that a line of waste may carry, as data",
        "residue_pairs": "which of these codes go together when a company passes residues on, as data",
        "laws": "what law says today, and where it is shown, as data",
        "claims": "words about the environment that call for care towards consumers, as data",
        "check": "finds the faults of all of these",
        "constants": "numbers that several texts name, as data",
        "years": "years that an example counts from the declaration's",
        "yaml_reader": "reads the files of all of these",
        "values": "what all of these share: texts in two languages",
        "problems": "a fault of a file, told by all of these",
    },
    "domain": {
        "organisation": "the company itself, which every room speaks of",
        "permissions": "the whole policy on one screen",
        "reminders": "when somebody is reminded of a deadline; whom and how is the business of `mail`",
        "quantities": "exact values with units",
        "precision": "how many digits of a computed value are shown",
        "numbers": "numbers as people write them",
        "text": "texts as they are compared and counted",
        "word_search": "entries of a long list by words, as people type them",
        "text_search": "places in texts that have all words, with marks",
        "colours": "colours with enough contrast",
        "schema_types": "types that the file formats share",
    },
    "store": {
        "tables": "every table, and nothing else",
        "base": "types and names that all tables share",
        "database": "the connection and the session",
        "installation_state": "what the installation notes about itself",
        "write_queue": "who may write next, first come, first served",
        "schema": "brings a database to the tables of today",
        "migrations": "the way from each schema to the next",
        "inspection": "looks at a database without changing it",
        "copy_database": "copies one database into another of a different kind",
        "name_sorting": "names as a German list sorts them, in both databases",
        "rate_limits": "how often something was tried, counted across processes",
        "sent_forms": "forms that were carried out, so that none is carried out twice",
    },
    "report": {
        "view": "a document as it is shown, in values",
        "files": "the view as a file: HTML, Word, sheets",
        "text": "words, numbers and measures of the print",
        "process": "the child process that renders",
        "engine": "the one place that knows the library behind the PDF",
        "formats": "the door: from a document to a file of any format",
        "renderer": "the door: from a document to a PDF",
        "assets": "fonts and colour profiles that a PDF carries",
        "build_id": "which program made a file",
    },
    "services": {"work": "the session, the actor and the moment that a verb is handed"},
    "web": {
        "http": "what every request passes: sessions, access, errors, headers",
        "text": "labels, form fields and amounts of every page",
        "assets": "the sources of the interface, and the script that builds them",
        "static": "the interface as it was built",
        "blueprints": "every module with pages",
        "endpoint_limits": "how often each address may be asked",
        "template_context": "what every page shows, such as the navigation",
    },
}  # fmt: skip

# What else stands in templates/ and tests/ beside the rooms.
OWN_FOLDERS: dict[str, dict[str, str]] = {
    "templates": {
        "components": "macros for pages of every room",
        "report": "the print; its rooms are those of the layer",
        "http": "what every installation says of itself: imprint, privacy, accessibility",
    },
    "tests": {
        "unit": "tests that need neither database nor app",
        "integration": "tests on real databases",
        "contract": "promises over every route, criterion, template and room",
        "e2e": "tests that drive a browser",
        "support": "what tests share",
        "runs": "what a run takes, skips and notes; mutants",
        "releasing": "makes and checks what is released: no tests",
        "load": "measures load and growth: no tests",
        "journey": "walks from the invitation to the PDF and counts: no tests",
        "pages": "has pages checked by programs of others, and makes pictures: no tests",
        "data": "files that tests read",
    },
    "tests/unit": {
        "catalogue": "the layer's data, without a room of the product",
        "domain": "the domain's single modules",
        "report": "the layer's rooms",
    },
    "tests/integration": {
        "report": "the layer as a whole",
        "http": "what every request passes",
        "faults": "kills, outages, full disks and crowds",
        "release": "what earlier releases made, printed and shipped",
    },
}

# Folders below three modules that wait for a part with a name.
WAITING: dict[str, str] = {}

MOST_MODULES, MEDIAN_MODULES, FEWEST_MODULES, MOST_LINES = 20, 8, 3, 400
EXEMPT = ("dnk_tool/store/migrations", "dnk_tool/web/assets", "tests/data")
# Templates that are no pages: texts of mails, feeds, the style of the print.
TEMPLATE_SUFFIXES = (".html", ".txt", ".xml", ".css")


def holds_files(folder: Path) -> bool:
    """Whether the folder holds more than what Python left of modules that are gone."""
    return any(path.is_file() and "__pycache__" not in path.parts for path in folder.rglob("*"))


def modules_and_folders(folder: Path) -> set[str]:
    """The modules and folders in a folder, without what Python and the tests' own machinery put there."""
    return {
        path.stem
        for path in folder.iterdir()
        if path.name not in ("__init__.py", "conftest.py")
        and (path.suffix == ".py" or (path.is_dir() and holds_files(path)))
    }


def folders() -> dict[str, list[Path]]:
    """The modules or templates of every folder that has any, by the folder's path."""
    paths_by_folder: dict[str, list[Path]] = {}
    for root, suffixes in ((PACKAGE, (".py",)), (TEMPLATES, TEMPLATE_SUFFIXES), (TESTS, (".py",))):
        for path in sorted(root.rglob("*")):
            name = path.parent.relative_to(ROOT).as_posix()
            is_module = path.suffix in suffixes and path.name not in ("__init__.py", "conftest.py")
            if is_module and not name.startswith(EXEMPT) and "node_modules" not in path.parts:
                paths_by_folder.setdefault(name, []).append(path)
    return paths_by_folder


def is_room(folder: str) -> bool:
    """Whether the folder is a room: neither a root nor a layer, which hold rooms."""
    return folder not in (
        "dnk_tool",
        "templates",
        "tests",
        "tests/unit",
        *(f"dnk_tool/{layer}" for layer in LAYERS),
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_has_no_other_rooms(layer: str) -> None:
    standing, own = modules_and_folders(PACKAGE / layer), OWN_ROOMS[layer].keys()
    assert standing - ROOMS.keys() - own == set()
    assert own - {"static"} - standing == set(), "listed, but gone"
    assert not ROOMS.keys() & own


def test_every_room_stands_somewhere() -> None:
    assert set.union(*(modules_and_folders(PACKAGE / layer) for layer in LAYERS)) >= ROOMS.keys()


@pytest.mark.parametrize("tree", OWN_FOLDERS)
def test_templates_and_tests_have_the_same_rooms(tree: str) -> None:
    standing = {path.name for path in (ROOT / tree).iterdir() if path.is_dir() and holds_files(path)}
    own = OWN_FOLDERS[tree].keys()
    assert standing - ROOMS.keys() - own == set()
    assert own - standing == set(), "listed, but gone"


def test_no_folder_is_too_large_or_too_small() -> None:
    sizes = {name: len(modules) for name, modules in folders().items()}
    assert {name: size for name, size in sizes.items() if size > MOST_MODULES} == {}
    assert median(sizes.values()) <= MEDIAN_MODULES
    small = {name for name, size in sizes.items() if size < FEWEST_MODULES and is_room(name)}
    assert small == WAITING.keys()


def test_no_module_is_too_long() -> None:
    modules = [path for name, paths in folders().items() if name.startswith("dnk_tool") for path in paths]
    lengths = {
        module.relative_to(ROOT).as_posix(): len(module.read_text("utf-8").splitlines()) for module in modules
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_room_says_what_it_is_about() -> None:
    rooms = [ROOT / name / "__init__.py" for name in folders() if name.startswith("dnk_tool")]
    silent = [
        room
        for room in rooms
        if not (room.exists() and ast.get_docstring(ast.parse(room.read_text("utf-8"))))
    ]
    assert silent == []


def test_every_table_is_defined_in_its_room() -> None:
    for module in pkgutil.walk_packages(store.__path__, f"{store.__name__}."):
        importlib.import_module(module.name)
    outside = {
        mapped_class
        for mapped_class in mapped_classes()
        if not mapped_class.__module__.startswith(f"{tables.__name__}.")
    }
    assert outside == set()


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(tables.__path__)])
def test_the_room_of_the_tables_defines_nothing_else(name: str) -> None:
    module = importlib.import_module(f"{tables.__name__}.{name}")
    own = (value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__)
    assert set(own) <= mapped_classes()


def mapped_classes() -> set[type]:
    """The classes of all tables that are known."""
    return {mapper.class_ for mapper in Base.registry.mappers}


def test_no_modules_import_each_other_in_a_circle() -> None:
    """A package and its own modules included, which the contracts in pyproject.toml do not look at."""
    graph = grimp.build_graph("dnk_tool", exclude_type_checking_imports=True)
    TopologicalSorter(
        {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    ).prepare()


def moved_rows() -> list[list[str]]:
    """The rows of docs/moved.md as the texts of their cells."""
    lines = (ROOT / "docs/moved.md").read_text("utf-8").splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| `")]


def test_the_list_of_moves_names_what_is_there() -> None:
    paths = {path for row in moved_rows() for path in re.findall(r"`([^`]+)`", row[-1])}
    assert paths
    assert sorted(path for path in paths if not (ROOT / path).is_file()) == []
    classes = [(row[2].strip("`"), ROOT / row[3].strip("`")) for row in moved_rows() if len(row) == 4]
    assert classes
    assert [name for name, path in classes if f"class {name}" not in path.read_text("utf-8")] == []


def test_no_class_has_the_name_of_another() -> None:
    """One word for one thing: whoever reads the name of a class knows which one it is."""
    places = defaultdict[str, list[str]](list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(PACKAGE)))
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}
