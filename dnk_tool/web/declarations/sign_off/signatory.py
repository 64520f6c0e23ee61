"""Who is asked to sign off: a member of the company, or somebody else by a link of their own."""

from datetime import datetime

from dnk_tool.services.accounts import lifecycle as account_lifecycle
from dnk_tool.services.declarations import sign_off_links
from dnk_tool.services.work import Work
from dnk_tool.store.tables.accounts import Account
from dnk_tool.store.tables.declarations import Declaration
from dnk_tool.web.declarations.mails import send_sign_off_request
from dnk_tool.web.declarations.submit_form import OTHER_PERSON, SIGN_MYSELF, SubmitDeclarationForm
from dnk_tool.web.http.access import current_account, current_actor
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.http.transactions import db


def signatory_of(form: SubmitDeclarationForm, *, now: datetime) -> Account | None:
    """The account of the chosen signatory, created for an outsider; None if no sign-off is needed."""
    if not form.choices.is_asked:
        return None
    if form.signatory.data == SIGN_MYSELF:
        return current_account()
    if form.signatory.data != OTHER_PERSON:
        return next((person for person in form.choices.people if str(person.id) == form.signatory.data), None)
    email, name = form.email.data or "", form.name.data or ""
    return account_lifecycle.guest_account(db(), email=email, name=name, language=current_language(), now=now)


def ask_signatory(
    declaration: Declaration, form: SubmitDeclarationForm, signatory: Account | None, *, now: datetime
) -> None:
    """Send the request unless the sign-off is given already. Outsiders get a link, members use the page."""
    if signatory is None or declaration.signatory_id != signatory.id:
        return
    link = None
    if signatory.id not in {person.id for person in form.choices.people}:
        name = form.name.data or ""
        link = sign_off_links.create_sign_off_link(
            Work(db(), current_actor(), now), declaration, signatory, name=name
        )
    send_sign_off_request(declaration, signatory, by=current_account(), link=link)
