"""Which companies' savings can be read from a path in a submitted or published version, on both databases."""

from sqlalchemy.orm import Session

from dnk_tool.store.aggregates import joint_goals
from dnk_tool.store.tables.declarations import Declaration, Snapshot
from dnk_tool.store.tables.publication import Publication
from tests.integration.aggregates.release_members import LONG_AGO, add_firm, add_version, publish_version
from tests.support.cockpit_members import make_bare_cluster

PATH = b'"climate_path":'


def test_only_a_path_that_somebody_can_read_counts(session: Session) -> None:
    cluster, other = make_bare_cluster(session), make_bare_cluster(session, "Cluster Süd")
    firms = {name: add_firm(session, cluster, name) for name in ("here", "elsewhere", "finished", "without")}
    places = {"here": cluster, "elsewhere": other, "finished": None, "without": cluster}
    for name, place in places.items():
        version = add_version(session, firms[name], {}, submitted_to=place)
        if name != "without":
            version.content = version.content.replace(b"{", b"{" + PATH + b"{},", 1)
    session.flush()
    assert joint_goals.companies_with_readable_path(session, cluster, firms.values()) == {firms["here"]}
    assert joint_goals.companies_with_readable_path(session, cluster, [firms["without"]]) == frozenset()
    published = session.query(Snapshot).join(Declaration).filter_by(organisation_id=firms["finished"]).one()
    publish_version(session, published)
    session.query(Publication).one().revoked_at = LONG_AGO
    session.flush()
    assert joint_goals.companies_with_readable_path(session, cluster, [firms["finished"]]) == {
        firms["finished"]
    }, "it was read"
