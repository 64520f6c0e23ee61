"""Writes the list of parts (SBOM) of the program as CycloneDX 1.6: `make sbom`."""

import hashlib
import os
import re
import sys
import tomllib
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import cast
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.releasing.locked import NpmPackage, PythonPackage, npm_packages, python_packages

ROOT = Path(__file__).resolve().parents[2]
FONTS = "dnk_tool/report/assets/fonts"

# As their licence files say: what a package's own metadata leave out, and what another system alone installs.
LICENSES = {
    "brotlicffi": "MIT",
    "deprecated": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",
    "pysqlite3": "Zlib",
    "tzdata": "Apache-2.0",
}
LONGEST_NAME = 60  # some packages put the whole text where the name belongs


def write_sbom(root: Path, constraints: Path, *, epoch: int) -> str:
    """The list of parts as JSON; the same bytes for the same sources, installed packages and second.

    `constraints`: the Python packages of a server with their hashes.

    Licences and what needs what are read from the installed packages. Raises ValueError if the result is
    not valid.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    packages = python_packages(constraints)
    program = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        description=project["description"],
        licenses=[read_license(project["license"])],
        purl=PackageURL("pypi", name=project["name"], version=project["version"]),
        bom_ref=project["name"],
    )
    parts = {package.name: python_component(package) for package in packages if is_for_this_python(package)}
    others = [python_component(package) for package in packages if not is_for_this_python(package)]
    interface = [npm_component(package) for package in npm_packages(root)]
    fonts = [font_component(path) for path in sorted((root / FONTS).rglob("*.ttf"))]
    bom = Bom(components=[*parts.values(), *others, *interface, *fonts])
    bom.metadata.component = program
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    requirements = {name: [*map(Requirement, metadata.requires(name) or ())] for name in parts}
    requirements[project["name"]] = [*map(Requirement, project["dependencies"])]
    for name, component in {**parts, project["name"]: program}.items():
        names = needed_names(requirements[name], wanted_extras(name, requirements))
        bom.register_dependency(component, [parts[other] for other in names if other in parts])
    carried = [part for part in interface if part.scope is ComponentScope.REQUIRED]
    bom.register_dependency(program, [*carried, *fonts])
    for component in (*others, *interface, *fonts):
        bom.register_dependency(component)
    identity = "".join(str(component.bom_ref) for component in bom.components)
    bom.serial_number = uuid5(NAMESPACE_URL, f"{program.purl} {epoch} {identity}")
    text = str(JsonV1Dot6(bom).output_as_string(indent=1)) + "\n"
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(f"the list of parts is not valid: {fault}")
    return text


def is_for_this_python(package: PythonPackage) -> bool:
    """Whether this Python on this machine installs the package."""
    return not package.marker or Marker(package.marker).evaluate()


def wanted_extras(name: str, requirements: dict[str, list[Requirement]]) -> set[str]:
    """The extras of a package that any other asks for; the empty one stands for none."""
    asked = (requirement for needs in requirements.values() for requirement in needs)
    return {"", *(extra for need in asked if canonicalize_name(need.name) == name for extra in need.extras)}


def needed_names(requirements: list[Requirement], extras: set[str]) -> set[str]:
    """The names of what is required on this machine with these extras."""
    here = cast(dict[str, str], default_environment())
    return {
        canonicalize_name(need.name)
        for need in requirements
        if need.marker is None or any(need.marker.evaluate({**here, "extra": extra}) for extra in extras)
    }


def python_component(package: PythonPackage) -> Component:
    purl = PackageURL("pypi", name=package.name, version=package.version)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED,
        licenses=installed_licenses(package),
        # One of each file that the registry has: for each system and Python.
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in package.sha256],
        properties=[Property(name="python:marker", value=package.marker)] if package.marker else [],
        purl=purl,
        bom_ref=str(purl),
    )


def npm_component(package: NpmPackage) -> Component:
    namespace, _slash, name = package.name.rpartition("/")
    purl = PackageURL("npm", namespace=namespace or None, name=name, version=package.version)
    return Component(
        group=namespace or None,
        name=name,
        version=package.version,
        type=ComponentType.LIBRARY,
        scope=ComponentScope.EXCLUDED if package.is_build_tool else ComponentScope.REQUIRED,
        licenses=[read_license(package.license)],
        hashes=[HashType(alg=HashAlgorithm.SHA_512, content=package.sha512)],
        purl=purl,
        bom_ref=str(purl),
    )


def font_component(path: Path) -> Component:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Component(
        name=path.name,
        type=ComponentType.FILE,
        licenses=[read_license("OFL-1.1")],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        bom_ref=f"font:{path.name}",
    )


def installed_licenses(package: PythonPackage) -> list[License]:
    """The licence of the package as LICENSES or itself, being installed, says; nothing if neither does."""
    if package.name in LICENSES:
        return [read_license(LICENSES[package.name])]
    if not is_for_this_python(package):
        return []
    told = metadata.metadata(package.name)
    classifiers = [
        text.rpartition(" :: ")[2] for text in told.get_all("Classifier", []) if text.startswith("License ::")
    ]
    name = next((text for key in ("License-Expression", "License") for text in told.get_all(key, [])), "")
    is_name = name and "\n" not in name and len(name) <= LONGEST_NAME
    return [read_license(name)] if is_name else [read_license(text) for text in classifiers]


def read_license(text: str) -> License:
    """An SPDX expression or identifier where it is one, else a name."""
    return LicenseFactory().make_from_string(re.sub(r"\s+", " ", text))


def main() -> None:
    """Write the list of parts to dist/."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", datetime.now(UTC).timestamp()))
    target = ROOT / f"dist/dnk-tool-{version}.cdx.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(write_sbom(ROOT, ROOT / "requirements/run.txt", epoch=epoch), "utf-8")
    sys.stdout.write(f"{target.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
