"""A link in a mail leads there through the sign-in: from the outbox to the page, in both languages."""

import re
from datetime import UTC, date, datetime
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from dnk_tool import config
from dnk_tool.config import Settings
from dnk_tool.domain.permissions import Role
from dnk_tool.services.mail import delivery as mail_delivery
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.mail import Mail
from dnk_tool.web.mail import reminders
from tests.support.app import (
    add_consent,
    database_session,
    form_fields,
    make_cluster,
    make_organisation,
    sign_in_by_form,
)
from tests.support.cockpit_members import default_cohort
from tests.support.smtp_server import RecordingSmtpServer

DUE = date(2027, 3, 31)
NOW = datetime(2027, 3, 24, 9, 0, tzinfo=UTC)
WORDS = {
    "petra": ("Noch 7 Tage: DNK-Erklärung 2025 von Größe & Söhne", "Guten Tag Petra,", "31. März 2027", "de"),
    "ellen": ("7 days left: DNK declaration 2025 of Größe & Söhne", "Hello Ellen,", "31 March 2027", "en"),
}


@pytest.fixture
def messages(app: Flask, settings: Settings, inbox: RecordingSmtpServer) -> dict[str, EmailMessage]:
    """What two people of a company got from the mail server: one reads German, one English."""
    with database_session(app) as session:
        company = make_organisation(session, "Größe & Söhne", petra=Role.OWNER, ellen=Role.EDITOR)
        cluster = make_cluster(session, "Cluster Nord")
        add_consent(session, company.id, cluster.id)
        session.add(default_cohort(cluster_id=cluster.id, reporting_year=2025, due=DUE))
        session.scalars(select(Account).where(Account.email == "ellen@example.org")).one().language = "en"
    reminders.send_due(app, now=NOW)
    with database_session(app) as session:
        for mail in session.scalars(select(Mail)):
            mail.next_try = datetime(2020, 1, 1, tzinfo=UTC)
    smtp = config.load_settings(
        instance=settings.instance, secret_key="only for tests " * 4, **inbox.settings
    )
    assert (
        mail_delivery.deliver_due(app.extensions["dnk_session_factory"], mail_delivery.mail_transport(smtp))
        == 2
    )
    return {str(message["To"]).partition("@")[0]: message for message in inbox.messages}


@pytest.mark.parametrize("who", ["petra", "ellen"])
def test_a_mail_arrives_in_its_language_and_leads_to_its_page(
    app: Flask, settings: Settings, messages: dict[str, EmailMessage], who: str
) -> None:
    subject, greeting, due, language = WORDS[who]
    message = messages[who]
    text = message.get_content().replace("\r\n", "\n")
    assert message["Subject"] == subject
    assert message["Content-Language"] == language
    assert greeting in text
    assert due in text
    link = re.findall(r"^http\S+/erklaerungen/\S+$", text, re.MULTILINE)[0]
    assert link.startswith(settings.address)
    path = urlsplit(link).path

    browser = app.test_client()
    asked = browser.get(path)
    assert asked.status_code == 302
    form = browser.get(asked.headers["Location"])
    came_in = sign_in_by_form(browser, f"{who}@example.org", next=form_fields(form.text)["next"][0])
    assert came_in.headers["Location"] == path
    page = browser.get(came_in.headers["Location"])
    assert page.status_code == 200
    assert f'lang="{language}"' in page.text


def test_the_other_link_needs_no_sign_in(app: Flask, messages: dict[str, EmailMessage]) -> None:
    text = messages["petra"].get_content().strip()
    path = urlsplit(text.rpartition("\n")[2]).path
    assert app.test_client().get(path).status_code == 200
