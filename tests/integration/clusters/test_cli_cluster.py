"""`dnk cluster`, as an operator runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from dnk_tool import config
from dnk_tool.cli.main import cli
from tests.support.app import form_fields
from tests.support.applications import make_application


@pytest.fixture
def instance(command_instance: Path) -> Path:
    return command_instance


def run_cluster_command(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["cluster", *arguments])


def browser_of_instance(instance: Path) -> FlaskClient:
    settings = config.load_settings(instance=instance)
    config.create_secret_key(settings)  # as `dnk serve` does at its start
    return make_application(settings).test_client()


def test_a_cluster_is_created_and_its_link_lets_the_manager_in(instance: Path) -> None:
    done = run_cluster_command(
        "add", "Cluster Nord", "--manager", "Mia@example.org", "--manager-name", "Mia", "--json"
    )
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert (result["id"], result["name"], result["manager"]) == (1, "Cluster Nord", "mia@example.org")
    client, path = browser_of_instance(instance), result["link"].removeprefix("http://localhost:8000")
    fields = form_fields(client.get(path).text)
    password = {"password": "wiese kahn sieben lampe", "password_confirm": "wiese kahn sieben lampe"}
    assert client.post(path, data=fields | password).headers["Location"] == "/cluster/1/"
    assert client.get("/cluster/1/team").status_code == 200
    client.application.extensions["dnk_engine"].dispose()
    listed = json.loads(run_cluster_command("list", "--json").stdout)
    assert [(cluster["name"], cluster["members"], cluster["managers"]) for cluster in listed] == [
        ("Cluster Nord", 0, 1)
    ]


def test_words_for_people(instance: Path) -> None:
    done = run_cluster_command("add", "Cluster Nord", "--manager", "mia@example.org")
    assert "Created the cluster Cluster Nord." in done.stdout
    assert "http://localhost:8000/einladung/" in done.stdout
    assert run_cluster_command("list").stdout == "1\tCluster Nord\t0 members\t0 managers\n"


@pytest.mark.parametrize(
    ("name", "email", "message"),
    [
        ("Cluster Nord", "mia", "'mia' is not an email address."),
        ("cluster süd", "mia@example.org", "There is a cluster called 'cluster süd' already."),
        (" ", "mia@example.org", "A cluster needs a name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    instance: Path, name: str, email: str, message: str
) -> None:
    assert run_cluster_command("add", "Cluster Süd", "--manager", "sid@example.org").exit_code == 0
    failed = run_cluster_command("add", name, "--manager", email)
    assert failed.exit_code == 1
    assert message in failed.stderr
    assert [cluster["name"] for cluster in json.loads(run_cluster_command("list", "--json").stdout)] == [
        "Cluster Süd"
    ]
