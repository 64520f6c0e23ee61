"""The demo: a cluster with twelve members in every state, their people, and a rendered declaration."""

from dnk_tool.paths import SAMPLES

FILES = SAMPLES
PASSWORD = "gemeinsam-nachhaltig"  # noqa: S105 -- printed for everyone; serves on loopback only
FINISHED_FILE, IN_PROGRESS_FILE = "tischlerei-sommer.json", "metallbau-brandt.json"
FINISHED_KEY = FINISHED_FILE.removesuffix(".json")
