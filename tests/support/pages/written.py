"""The instance that all pages are read from: written once in a run, copied by each process."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.support.instance import Instance
from tests.support.machine import free_port, made_once
from tests.support.pages.world.world import World, reminder_token, write_world


def sign_in_settings() -> dict[str, Any]:
    """Every way of signing in is offered; nobody answers where the provider should be."""
    return {
        "self_registration": True,
        "oidc_issuer": f"http://localhost:{free_port()}",
        "oidc_client_id": "dnk",
        "oidc_name": "Kammer-Konto",
    }


def written_instance(temporary: pytest.TempPathFactory, empty_database: Path) -> Path:
    """The folder with the instance and what is known of it."""

    def write(folder: Path) -> None:
        known = write_world(Instance(folder, empty_database=empty_database))
        told = asdict(known) | {"published_data": known.published_data.decode()}
        (folder / "world.json").write_text(json.dumps(told), "utf-8")

    return made_once(temporary, "pages", write)


def copy_instance(written: Path, own: Instance) -> None:
    shutil.copytree(written / "instance", own.instance)


def world_of(written: Path, own: Instance, key: str) -> World:
    """What is known of the copy, whose links are signed with its key."""
    known = json.loads((written / "world.json").read_text("utf-8"))
    own_part = {"published_data": known["published_data"].encode(), "reminder": reminder_token(own, key)}
    return World(**known | own_part)
