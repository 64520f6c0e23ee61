"""The language of a page: chosen in this browser, else the person's, the browser's, or the default."""

from typing import Any, cast

from babel.support import NullTranslations
from flask import Blueprint, Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import Babel, Domain, get_locale, refresh
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from dnk_tool.domain.permissions import Permission
from dnk_tool.language import LANGUAGES, Language, is_language, known_language, translations
from dnk_tool.store.tables.accounts import Account
from dnk_tool.web.http.access import permit
from dnk_tool.web.http.safe_urls import returnable_path, safe_redirect_path

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}

blueprint = Blueprint("languages", __name__)


class InterfaceWords(Domain):
    """The words of pages, from the catalogues of prints, which are found sooner than the library's own."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language that the page is in now, where the library notes it."""
        noted = getattr(g._get_current_object(), "_flask_babel", None)
        locale = getattr(noted, "babel_locale", None) or get_locale()
        return translations(known_language(locale.language if locale else None))


def init_app(app: Flask, default: Language) -> None:
    """Set up Babel. The sources are in German; English comes from the translation catalogue."""
    app.config["DNK_LANGUAGE"] = default
    babel = Babel(
        app,
        default_locale=default,
        default_timezone="Europe/Berlin",
        locale_selector=lambda: _select_language(default),
    )
    babel.domain_instance = words = InterfaceWords()
    # A page asks for a hundred of them; the library would look up where it is several times for each.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension's
        gettext=lambda text: words.get_translations().gettext(text),
        ngettext=lambda one, many, number: words.get_translations().ngettext(one, many, number),
        newstyle=True,
    )

    @pass_eval_context
    def word(of: EvalContext, text: str, /, **values: Any) -> str:
        """The words with their values, escaped where the template is; as the extension's, by fewer calls."""
        said = words.get_translations().gettext(text)
        written = Markup(said) if of.autoescape else said  # noqa: S704 -- the catalogues are our own
        return written % values if values or "%" in said else written

    app.jinja_env.globals |= {"_": word, "gettext": word}


def current_language() -> Language:
    """The language of the current page."""
    return _select_language(cast(Language, current_app.config["DNK_LANGUAGE"]))


def use_language_of(account: Account) -> None:
    """Use the language of the person addressed by a secret link, who need not be signed in."""
    g.addressee = account
    refresh()


def _select_language(default: Language) -> Language:
    noted = g._get_current_object()  # a page asks for it some sixty times
    account = noted.get("account") or noted.get("addressee")
    for wish in (session.get("language") if session else None, account.language if account else None):
        if is_language(wish):
            return cast(Language, wish)
    # The default first: a browser that accepts both equally gets it.
    return cast(Language, request.accept_languages.best_match([default, *LANGUAGES], default))


@blueprint.get("/sprache/<language>")
@permit(Permission.PUBLIC)
def choose(language: str) -> ResponseReturnValue:
    """Keep the chosen language in the session and return to the page."""
    if not is_language(language):
        abort(404)
    session["language"] = language
    return redirect(safe_redirect_path(request.args.get("next")))


def language_links() -> list[dict[str, object]]:
    """Links of the language navigation. On error pages they do not include the address."""
    here = "/" if g.get("error_page") else returnable_path()
    current = current_language()
    return [
        {
            "code": code,
            "label": LANGUAGE_NAMES[code],
            "href": url_for("languages.choose", language=code, next=here),
            "current": code == current,
        }
        for code in LANGUAGES
    ]
