"""Commands for clusters, on the same services as the operator's pages."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from dnk_tool import config
from dnk_tool.cli.database import open_installation
from dnk_tool.cli.output import fail
from dnk_tool.domain.permissions import SHELL, ClusterRole
from dnk_tool.language import LANGUAGES, Language, local_day
from dnk_tool.services.accounts.lifecycle import InvalidAddress
from dnk_tool.services.clusters import staff as cluster_staff
from dnk_tool.services.clusters.administration import NameTaken, NoName, create_cluster
from dnk_tool.services.work import Work
from dnk_tool.store.clusters import lists as cluster_lists
from dnk_tool.store.database import write_session


@click.group()
def cluster() -> None:
    """Create clusters and see how many members they have."""


@cluster.command()
@click.argument("name")
@click.option("--manager", "email", required=True, metavar="EMAIL", help="Who leads the cluster.")
@click.option("--manager-name", default="", help="That person's name.")
@click.option("--language", type=click.Choice(LANGUAGES), default="de", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON for scripts.")
def add(name: str, email: str, manager_name: str, language: Language, as_json: bool) -> None:
    """Create the cluster NAME and an invitation for whoever leads it.

    The link of the invitation is printed once, and sent to nobody: hand it on yourself.
    """
    now = datetime.now(UTC)
    with open_installation() as factory, write_session(factory) as session:
        try:
            made = create_cluster(Work(session, SHELL, now), name)
            invitation, token = cluster_staff.invite_staff(
                Work(session, SHELL, now),
                made,
                email=email,
                name=manager_name,
                role=ClusterRole.MANAGER,
                language=language,
            )
        except NoName:
            fail("A cluster needs a name of at most 200 characters.")
        except NameTaken:
            fail(f"There is a cluster called '{name}' already.")
        except InvalidAddress:
            fail(f"'{email}' is not an email address.")
        session.commit()
        result = {
            "id": made.id,
            "name": made.name,
            "manager": invitation.email,
            "link": f"{config.load_settings().address}/einladung/{token}",
            "valid_until": local_day(invitation.expires_at).isoformat(),
        }
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else _created_message(result))


@cluster.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON for scripts.")
def list_clusters(as_json: bool) -> None:
    """All clusters with the number of their members and managers."""
    with open_installation() as factory, factory() as session:
        cluster_summaries = cluster_lists.cluster_summaries(session)
    if as_json:
        rows = [
            asdict(cluster_summary) | {"created_at": cluster_summary.created_at.isoformat()}
            for cluster_summary in cluster_summaries
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for cluster_summary in cluster_summaries:
        counts = f"{cluster_summary.members} members\t{cluster_summary.managers} managers"
        click.echo(f"{cluster_summary.id}\t{cluster_summary.name}\t{counts}")


def _created_message(result: dict[str, object]) -> str:
    return "\n".join(
        [
            f"Created the cluster {result['name']}.",
            f"Hand this link to {result['manager']}; it works once, until {result['valid_until']}:",
            str(result["link"]),
        ]
    )
