"""Creates the Flask application from the settings."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Rule

from dnk_tool import config
from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.config import Settings
from dnk_tool.paths import templates_folder
from dnk_tool.report.process.engine_choice import choose_engine
from dnk_tool.services.accounts import leaked_passwords
from dnk_tool.services.uploads.virus_scan import choose_scanner, configured_scanner
from dnk_tool.store.database import PAGE_PATIENCE_SECONDS, make_engine, session_factory
from dnk_tool.store.evidence.configured_blob_store import open_blob_store
from dnk_tool.web import backup, endpoint_limits, template_context
from dnk_tool.web.accounts import (
    devices,
    limit_pages,
    passkey_challenges,
    registration,
    required_second_factor,
    security,
    single_sign_on,
)
from dnk_tool.web.blueprints import BLUEPRINTS
from dnk_tool.web.exports import format_converter, pending_pdfs
from dnk_tool.web.http import (
    access,
    body_admission,
    compression,
    errors,
    headers,
    languages,
    rate_limits,
    request_limits,
    transactions,
)
from dnk_tool.web.http.input import save_ids
from dnk_tool.web.http.sessions import TwoPartSessionInterface
from dnk_tool.web.publication import any_published
from dnk_tool.web.text import filters


class LazilyBuiltRule(Rule):
    """Compiles what builds a rule's address when it is first built: for all rules that takes most of a start.

    Should Werkzeug call its compiler by another name, rules are compiled at the start as before.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_builder = super()._compile_builder

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            compiled = compile_builder(append_unknown)
            setattr(rule, "_build_unknown" if append_unknown else "_build", partial(compiled, rule))
            return compiled(rule, **values)

        return build


def create_app(settings: Settings) -> Flask:
    """Create the application. Its database must have the newest schema (`store.schema.upgrade`).

    Raises CatalogueError for faulty editions of factors in the instance folder, and ConfigurationError for a
    secret key that is too short or a list of leaked passwords of another kind.
    """
    app = Flask(
        "dnk_tool",
        template_folder=str(templates_folder()),
        static_folder=str(template_context.STATIC),
        instance_path=str(settings.instance.resolve()),
    )
    app.url_rule_class = LazilyBuiltRule
    load_factors(settings.instance / OWN_FACTORS_FOLDER)  # finds faulty editions before anybody calculates
    choose_engine(settings.pdf_engine)
    choose_scanner(configured_scanner(settings))
    _check_password_file(settings)
    key = config.secret_key(settings)
    app.config.update(
        SECRET_KEY=key,
        DEBUG=settings.debug,
        TRUSTED_HOSTS=settings.hosts,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the sign-in: a slow writer loses nothing
    )
    app.jinja_environment = template_context.PageTemplates
    app.jinja_options = {"cache_size": -1}  # all stay: a page looks up a hundred, which takes longer by age
    app.jinja_env.undefined = StrictUndefined
    app.extensions["dnk_settings"] = settings
    # A lock that stands still leaves half of the threads to those who read.
    engine = make_engine(
        settings.database, most_held_up=max(1, settings.threads // 2), patience=PAGE_PATIENCE_SECONDS
    )
    factory = session_factory(engine)
    app.extensions["dnk_engine"] = engine
    app.extensions["dnk_blobs"] = open_blob_store(settings)

    # Hooks registered first run first before a view and last after it: headers are set, and attempts are
    # counted, outside the request's transaction.
    compression.init_app(app)
    headers.init_app(app, strict_transport=settings.strict_transport)
    errors.init_app(app)
    limit_pages.init_app(app)
    request_limits.init_app(app)
    devices.init_app(app, key, is_https=settings.is_https)
    languages.init_app(app, settings.language)
    rate_limits.init_app(app, factory, endpoint_limits.limits_of_request)
    body_admission.init_app(app)
    access.init_app(app)
    required_second_factor.init_app(app)
    app.before_request(request_limits.refuse_too_many_fields)
    CSRFProtect(app)
    security.init_app(app)
    passkey_challenges.init_app(app)
    single_sign_on.init_app(app, settings)
    registration.init_app(app, settings)
    any_published.init_app(app)
    backup.init_app(app)
    pending_pdfs.init_app(app)
    template_context.init_app(app)
    filters.register_filters(app)
    transactions.init_app(app, engine, factory)
    save_ids.init_app(app)
    app.session_interface = TwoPartSessionInterface(settings, key, factory, static="/static/")
    format_converter.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.proxies:
        # The Host header is never taken from a proxy's extra header.
        hops = settings.proxies
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # Flask's documented place for a middleware
    return app


def _check_password_file(settings: Settings) -> None:
    """Raise ConfigurationError if the local copy of Pwned Passwords cannot be read."""
    if settings.hibp_file:
        try:
            leaked_passwords.check_password_file(settings.hibp_file)
        except (OSError, leaked_passwords.NoPasswordFile) as error:
            text = "DNK_HIBP_FILE must hold sorted lines of SHA-1:count and be readable"
            raise config.ConfigurationError([text]) from error
