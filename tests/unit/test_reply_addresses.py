"""Whom an answer to a mail reaches: who caused it, or those who help; every kind of mail says so."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUEUEING = {"queue_mail", "queue_mails", "notify_accounts", "MailDraft", "render_mail"}

# Modules that queue a mail which nobody from a company or a cluster caused, and why.
OF_THE_INSTALLATION = {
    "dnk_tool/web/accounts/registration.py": "the person asked for it",
    "dnk_tool/web/accounts/security.py": "the person asked for it",
    "dnk_tool/web/accounts/alerts.py": "a warning about the account; an answer helps nobody",
    "dnk_tool/web/operation/deletion.py": "the operator acts for the installation",
    "dnk_tool/web/operation/people.py": "the operator acts for the installation",
    "dnk_tool/web/operation/mails.py": "the operator acts for the installation",
    "dnk_tool/web/aggregates/releases/confirmation_mail.py": "the installation asks its operators",
    "dnk_tool/web/clusters/mails.py": "a cluster without contact whose manager is gone",
    "dnk_tool/web/exchange/residues/mails.py": "an answer would name a company before both agreed",
}
# What goes out without `queue_mail`, and whom answers reach.
OTHER_WAYS = {
    "dnk_tool/web/operation/trial_mail.py": "a test of the operator to themselves",
    "dnk_tool/web/mail/reminders.py": "the cluster's contact, in services/mail/reminders",
    "dnk_tool/web/clusters/chores.py": "news to managers from the program; invitations by clusters/mails",
    "dnk_tool/web/clusters/messages/compose.py": "the manager, in services/clusters/messages",
}


def named_calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def modules() -> dict[str, list[tuple[str, ast.Call]]]:
    """The calls that write or queue a mail, by module of the web."""
    found = {}
    for path in sorted((ROOT / "dnk_tool/web").rglob("*.py")):
        queued = [(name, call) for name, call in named_calls(path) if name in QUEUEING]
        if queued and path != ROOT / "dnk_tool/web/mail/mails.py":
            found[path.relative_to(ROOT).as_posix()] = queued
    return found


def has_reply_to(call: ast.Call) -> bool:
    """Whether the call names the address for answers, or passes on keywords that do."""
    return any(keyword.arg in ("reply_to", None) for keyword in call.keywords)


def test_every_queued_mail_says_whom_an_answer_reaches() -> None:
    silent = [
        f"{module}:{call.lineno}"
        for module, queued in modules().items()
        for name, call in queued
        if name in ("queue_mail", "notify_accounts") and not has_reply_to(call)
    ]
    assert silent == []


def test_only_mails_of_the_installation_itself_have_nobody_to_answer() -> None:
    nobody = {module for module in modules() if "mails.NOBODY" in (ROOT / module).read_text("utf-8")}
    assert nobody == OF_THE_INSTALLATION.keys()


def test_every_template_of_a_mail_is_queued_by_a_known_module() -> None:
    """A new kind of mail comes by one of the functions that ask for the address, or stands in OTHER_WAYS."""
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "dnk_tool/web").rglob("*.py"))
    kinds = {
        path.relative_to(ROOT / "templates/mail").as_posix()[:-4]
        for path in (ROOT / "templates/mail").rglob("*.txt")
    }
    unnamed = {kind for kind in kinds if f'"{kind}"' not in text}
    # Named by their parts: the kind of invitation, the decision of a sign-off, the act of an operator.
    assert unnamed <= {
        "clusters/company_invitation",
        "clusters/staff_invitation",
        "sign_off/sign_off_confirmed",
        "sign_off/sign_off_declined",
        "operation/cluster_archived",
        "operation/cluster_restored",
        "operation/company_archived",
        "operation/company_restored",
        "invitations/contribution_reminder",
    }
    only_rendered = {
        module
        for module, queued in modules().items()
        if not {name for name, _call in queued} & {"queue_mail", "notify_accounts"}
    }
    assert only_rendered == OTHER_WAYS.keys()
