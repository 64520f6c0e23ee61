"""The demo: a cluster with twelve members in every state, their people, and a rendered declaration."""

from pathlib import Path

FILES = Path(__file__).parent / "data"
PASSWORD = "gemeinsam-nachhaltig"  # noqa: S105 -- printed for everyone; serves on loopback only
FINISHED_FILE, IN_PROGRESS_FILE = "tischlerei-sommer.json", "metallbau-brandt.json"
