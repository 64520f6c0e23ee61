"""Puts the application together."""

from flask import Flask, abort, request
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from dnk_tool import config
from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.config import Settings
from dnk_tool.paths import templates_folder
from dnk_tool.services.declarations.branding import MAX_LOGO_BYTES
from dnk_tool.store.database import make_engine, session_factory
from dnk_tool.store.evidence.blob_store import open_blob_store
from dnk_tool.web.accounts import (
    devices,
    passkey_challenges,
    registration,
    required_second_factor,
    security,
    single_sign_on,
)
from dnk_tool.web.blueprints import BLUEPRINTS
from dnk_tool.web.declarations import import_file
from dnk_tool.web.evidence import routes as evidence_routes
from dnk_tool.web.exports import pending_pdfs
from dnk_tool.web.http import (
    access,
    compression,
    errors,
    headers,
    languages,
    rate_limits,
    template_context,
    transactions,
)
from dnk_tool.web.http.sessions import TwoPartSessionInterface
from dnk_tool.web.publication import any_published, verification
from dnk_tool.web.text import filters

# A long criterion page has some hundred fields and a few texts of several thousand letters.
LARGEST_REQUEST = 2_000_000
MOST_FIELDS = 5_000


def create_app(settings: Settings) -> Flask:
    """The application. Its database must have the newest schema: see `store.schema.upgrade`.

    Raises CatalogueError for faulty editions of factors in the instance folder.
    """
    app = Flask(
        "dnk_tool",
        template_folder=str(templates_folder()),
        static_folder=str(template_context.STATIC),
        instance_path=str(settings.instance.resolve()),
    )
    load_factors(settings.instance / OWN_FACTORS_FOLDER)  # a faulty edition is told before anybody calculates
    key = config.secret_key(settings)
    app.config.update(
        SECRET_KEY=key,
        DEBUG=settings.debug,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        MAX_FORM_PARTS=MOST_FIELDS,
        TRUSTED_HOSTS=settings.hosts,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the sign-in: a slow writer loses nothing
    )
    app.jinja_env.undefined = StrictUndefined
    app.extensions["dnk_settings"] = settings
    engine = make_engine(settings.database)
    factory = session_factory(engine)
    app.extensions["dnk_engine"] = engine
    app.extensions["dnk_blobs"] = open_blob_store(settings)

    # What is registered first runs first before a view and last after it: headers are set, and attempts are
    # counted, outside the request's transaction.
    compression.init_app(app)
    headers.init_app(app, is_https=settings.is_https)
    errors.init_app(app)
    app.before_request(_allow_large_forms)
    app.before_request(_allow_large_uploads)
    devices.init_app(app, key, is_https=settings.is_https)
    languages.init_app(app, settings.language)
    rate_limits.init_app(app, factory)
    access.init_app(app)
    required_second_factor.init_app(app)
    app.before_request(_refuse_too_many_fields)
    CSRFProtect(app)
    security.init_app(app)
    passkey_challenges.init_app(app)
    single_sign_on.init_app(app, settings)
    registration.init_app(app, settings)
    any_published.init_app(app)
    pending_pdfs.init_app(app)
    template_context.init_app(app)
    filters.register_filters(app)
    transactions.init_app(app, engine, factory)
    app.session_interface = TwoPartSessionInterface(settings, key, factory, static="/static/")
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.proxies:
        # The Host header is never taken from a proxy's extra header.
        hops = settings.proxies
        # Flask's documented place for a middleware is this method of the app.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _allow_large_forms() -> None:
    """A sign-in form may carry a whole page's fields, packed once more; another one a whole declaration."""
    if request.endpoint in ("security.login", "second_step.check", "passkeys.sign_in", "from_file.take"):
        request.max_content_length = request.max_form_memory_size = 4 * LARGEST_REQUEST


def _refuse_too_many_fields() -> None:
    """Werkzeug counts the fields only of forms with files; a page of 60,000 rows would take minutes."""
    is_counted = request.mimetype != "application/x-www-form-urlencoded"
    if not is_counted and sum(map(len, request.form.listvalues())) > MOST_FIELDS:
        abort(413)


def _allow_large_uploads() -> None:
    """Files of evidence may be larger than any page of words; the words beside them may not."""
    if request.endpoint == "evidence.upload":
        request.max_content_length = evidence_routes.largest_upload() + LARGEST_REQUEST
    if request.endpoint == "from_file.check":
        request.max_content_length = import_file.MAX_REQUEST_BYTES
    if request.endpoint == "look.change":
        request.max_content_length = MAX_LOGO_BYTES + LARGEST_REQUEST
    if request.endpoint == "origin.check":
        request.max_content_length = verification.MAX_REQUEST_BYTES
