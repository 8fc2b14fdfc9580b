"""Every setting of the portal. What differs between machines comes from the environment and nowhere else.

Nothing set: an embedded SQLite database and a key of its own under ``var/``, good for one machine.
``PRODUCTION=1``: strict transport and cookies; ``SECRET_KEY``, ``ALLOWED_HOSTS`` and ``DATABASE_URL`` must be given.
"""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.management.utils import get_random_secret_key

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
RELEASE = env.str("RELEASE", default="")  # names what is deployed; by default the portal finds out from its files
PROCESS = env.str("PROCESS", default="") or "command"  # wsgi.py says "web"; the database shows it beside what runs
DEMO = env.bool("DEMO", default=False)  # shows the demo accounts on the sign-in page


def _embedded_key() -> str:
    """The embedded portal's own random key, made at the first start and kept for this user only."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="") or _embedded_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS") if PRODUCTION else env.list("ALLOWED_HOSTS", default=["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- What the portal is made of -------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "rest_framework",
    "portal.apps.PortalConfig",
    "accounts",
    "programmes",
    "organizations",
    "partnerships",
    "rules.apps.AutodiscoverRulesConfig",
]

MIDDLEWARE = [
    "portal.middleware.health",
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.Compressed",  # before WhiteNoise: here no file was compressed beforehand
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.permissions_policy",
    "portal.caching.ConditionalPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.RefusalsAsPages",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    }
]
FORM_RENDERER = "portal.renderers.FormRenderer"

# --- Data -------------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": env.db("DATABASE_URL")
    if PRODUCTION
    else env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    # Readers never wait for the writer, and a writer takes its lock at once rather than failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

# How long, in seconds, one statement may run, wait for another's lock, and idle within a transaction; 0 is for ever.
# A page that takes longer is stopped and says so. The worker and other commands have time.
if PROCESS == "web":
    _LIMITS = {
        "statement_timeout": env.int("STATEMENT_TIMEOUT", default=15),
        "lock_timeout": env.int("LOCK_TIMEOUT", default=5),
        "idle_in_transaction_session_timeout": env.int("IDLE_IN_TRANSACTION_TIMEOUT", default=60),
    }
else:
    _LIMITS = {
        "statement_timeout": env.int("COMMAND_STATEMENT_TIMEOUT", default=0),
        "lock_timeout": env.int("COMMAND_LOCK_TIMEOUT", default=60),
        "idle_in_transaction_session_timeout": env.int("COMMAND_IDLE_IN_TRANSACTION_TIMEOUT", default=900),
    }


def _postgresql(url: dict) -> dict:
    """A connection that is kept from request to request, looked at before it is used again, and has its limits."""
    options = {
        "application_name": f"portal {PROCESS}",
        "connect_timeout": 3,
        # A host that is gone without a word is noticed within half a minute.
        **{"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4},
        **url.get("OPTIONS", {}),
    }
    limits = " ".join(f"-c {name}={seconds * 1000}" for name, seconds in _LIMITS.items())
    options["options"] = f"{limits} {options.get('options', '')}".strip()
    return url | {
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"] = _postgresql(DATABASES["default"])

# A second database that follows the first: public pages read from it, see portal/databases.py.
REPLICA_MAX_LAG = env.int("REPLICA_MAX_LAG", default=10)  # seconds behind, from which on the primary is read instead
if env.str("REPLICA_URL", default=""):
    DATABASES["replica"] = _postgresql(env.db("REPLICA_URL")) | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["portal.databases.Router"]
    MIDDLEWARE.insert(MIDDLEWARE.index("csp.middleware.CSPMiddleware"), "portal.databases.ReplicaReads")

# One counter for all web processes: sign-in limits need it (LocMem would count for each process).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # What nearly every page asks for, changes slowly, and each process may know for itself for some minutes.
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
    # Whole public pages, see portal/caching.py: some ten thousand bytes each.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

MEDIA_ROOT = VAR_DIR / "files"  # private: served by views that ask visible_to, never by the web server
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
MERGE_UNDO_DAYS = env.int("MERGE_UNDO_DAYS", default=30)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=50 * 1024 * 1024)
EXPORT_AT_ONCE = env.int("EXPORT_AT_ONCE", default=20_000)  # rows; a longer file is written by the worker
EXPORT_LATER = "accounts:export-new"  # the page where a person asks for it
EXPORT_DAYS = env.int("EXPORT_DAYS", default=7)
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=10 * 1024 * 1024)

# --- People -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "accounts.backends.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "landing"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Partnership Portal"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)  # seconds; ten silent servers must not outlast a worker's claim
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Partnership Portal <portal@localhost>")
BASE_URL = env.str("BASE_URL", default="http://localhost:8000")  # e-mails link here

FORMS_URLFIELD_ASSUME_HTTPS = True  # Django 6's default; the setting goes when that version comes

# --- Languages --------------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "portal.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files and what the browser may do -------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- API --------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    # Who may read and change what, visible_to and the actions decide.
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticatedOrReadOnly",
        "accounts.authentication.TokenScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.kit.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "portal.kit.throttling.AnonRate",
        "portal.kit.throttling.UserRate",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("API_RATE_ANON", default="120/min"),
        "user": env.str("API_RATE_USER", default="600/min"),
    },
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,  # None would count what the caller says of itself
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "portal.kit.api.ExceptionHandler",
    "ALLOWED_ERROR_STATUS_CODES": ["400", "401", "403", "404", "409", "412", "415", "429"],
    "ERROR_SCHEMAS": dict.fromkeys([400, 401, 403, 404, 409, 412, 415, 429], "portal.kit.api.ProblemSerializer"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Partnership Portal API",
    "DESCRIPTION": "Organizations, registrations and agreements: the same records, words and rules as the pages.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.kit.api.say_problems_once",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AgreementKindEnum": "partnerships.models.AgreementKind",
        "AssessmentKindEnum": "organizations.models.assessment.AssessmentKind",
        "AssessmentStateEnum": "organizations.lifecycle.AssessmentState",
        "CriterionLevelEnum": "organizations.models.assessment.Level",
        "DocumentKindEnum": "organizations.models.Document.Kind",
        "ImportKindEnum": "organizations.models.ImportBatch.Kind",
        "MemberRoleEnum": "accounts.roles.MemberRole",
        "NameKindEnum": "organizations.models.OrganizationName.Kind",
        "YesNoEnum": "organizations.models.VerificationQuestion.Answer",
    },
}

# --- The worker -------------------------------------------------------------------------------------------------------

# What `manage.py run_due` does, in this order: functions without arguments that return how much they did.
DUE_JOBS = [
    "accounts.actions.send_due_notifications",
    "accounts.actions.run_exports",
    "partnerships.actions.move_by_the_calendar",
    "organizations.imports.queue.run_imports",
    "organizations.actions.screening.screen_new_list",
    "organizations.search.keep_index",
    "organizations.digests.send_digests",
]
COUNT_AFTER_SECONDS = env.int("COUNT_AFTER_SECONDS", default=300)  # the age of numbers beside links

# What the worker does once a day, in this order; each returns how much it did.
DAILY_JOBS = [
    "accounts.actions.expire_exports",
    "organizations.actions.twin.find_twins",
    "organizations.actions.registration.ask_for_declarations",
    "organizations.actions.document.remind_of_expiry",
    "organizations.actions.merge.close_merges",
    "organizations.actions.screening.rescreen",
    "organizations.actions.assessment.remind_of_assessments",
    "organizations.actions.assessment.remind_of_plan_actions",
    "organizations.actions.invitation.expire_invitations",
    "organizations.actions.renewal.remind_of_renewals",
    "organizations.actions.desk.nudge_drafts",
    "organizations.actions.desk.tell_of_late_registrations",
]

# --- Logs -------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # two libraries named i18n: ours stands in for Django's on purpose
