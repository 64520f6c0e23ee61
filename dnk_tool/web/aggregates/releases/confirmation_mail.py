"""Leads operators by mail to the members that nobody has confirmed, once until they confirm some."""

from flask import url_for

from dnk_tool.services.aggregates.confirmations import operators_to_ask
from dnk_tool.web.http.access import current_cluster, current_work
from dnk_tool.web.mail import mails


def ask_operators() -> None:
    """Queue the mail for each operator outside the cluster's team, unless they were asked already."""
    cluster = current_cluster()
    mails.notify_accounts(
        "operation/confirmation_needed",
        operators_to_ask(current_work(), cluster),
        reply_to=mails.NOBODY,
        cluster=cluster,
        link=mails.public_base_url() + url_for("operation.confirmations"),
    )
