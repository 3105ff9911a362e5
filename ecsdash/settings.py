"""Django settings. Values that installations can change are read by ecsdash.env and listed in the README."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from ecsdash import env, masking
from ecsdash.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
masking.use_key(env.text("FINGERPRINT_KEY", SECRET_KEY))
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS", [SECRET_KEY])  # of plans; the first encrypts, all decrypt
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = env.words("TRUSTED_ORIGINS", [])
ROOT_URLCONF = "ecsdash.urls"
WSGI_APPLICATION = "ecsdash.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "template_partials",
    "ecsdash.apps.EcsdashConfig",
    "ecsdash.web",
    "ecsdash.access",
    "ecsdash.audit",
    "ecsdash.inventory",
    "ecsdash.operations",
    "ecsdash.event_feeds",
    "ecsdash.external_changes",
    "ecsdash.operating",
    "clusters",
    "services",
]
DEMO = env.flag("DEMO", False)  # one-time sign-in links and the command demo_seed, for bin/demo only
if DEMO:
    INSTALLED_APPS += ["ecsdash.demo"]
if find_spec("moto"):  # comes with the demo and test requirements only; the image has neither it nor these packages
    INSTALLED_APPS += [name for name in ("ecsdash.sandbox", "ecsdash.bench") if find_spec(name)]

MIDDLEWARE = [
    "ecsdash.web.request_ids.RequestIds",
    "ecsdash.access.proxy_middleware.OnlyOwnProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "ecsdash.web.nul_middleware.RejectNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ecsdash.access.login_required.RequireLogin",
    "ecsdash.audit.middleware.RecordRefusals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ecsdash.web.context.frame",
                "ecsdash.inventory.context.scopes",
                "ecsdash.operations.context.running",
            ],
        },
    }
]

# --- database, cache, broker ---------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{BASE_DIR / '.data' / 'ecsdash.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["ENGINE"] = "ecsdash.postgresql"
    DATABASES["default"]["OPTIONS"] = {
        "connections": env.number("DATABASE_POOL", 16, low=2, high=200),
        "connect_timeout": 2,
        "tcp_user_timeout": 10_000,  # with these a connection to a database that has vanished ends within 11 seconds
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        **DATABASES["default"].get("OPTIONS", {}),
    }
# For `manage.py setup_database` only: the role that owns the tables, and one that may create roles.
DATABASE_OWNER_URL = env.url("DATABASE_OWNER_URL", "", schemes=("postgres", "postgresql", ""))
DATABASE_ADMIN_URL = env.url("DATABASE_ADMIN_URL", "", schemes=("postgres", "postgresql", ""))
REDIS_URL = env.url("REDIS_URL", "redis://127.0.0.1:6379/0", schemes=("redis", "rediss", "unix"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "serializer": "ecsdash.web.json_cache.JsonSerializer",
            "socket_timeout": 0.5,  # a page waits no longer for Redis
            "socket_connect_timeout": 0.5,
        },
    }
}

# --- AWS -----------------------------------------------------------------------------------------------------------
# With an endpoint set, all calls go to it, signed with the two keys below, never with the machine's credentials.
AWS_ENDPOINT_URL = env.url("AWS_ENDPOINT_URL", "", schemes=("http", "https", ""))
AWS_ACCESS_KEY_ID = env.text("AWS_ACCESS_KEY_ID", "")
AWS_SECRET_ACCESS_KEY = env.text("AWS_SECRET_ACCESS_KEY", "")
API_SHARE = env.number("API_SHARE", 50, low=1, high=100)  # percent of the published request rates of AWS

# --- the product ---------------------------------------------------------------------------------------------------
BANNER = env.text("BANNER", "")  # one line on every page; "SIMULATED AWS" in the demo
RETENTION_DAYS = env.number("RETENTION_DAYS", 180, low=1, high=36500)
OPERATION_RETENTION_DAYS = env.number("OPERATION_RETENTION_DAYS", 365, low=2, high=36500)
EXTERNAL_CHANGE_RETENTION_DAYS = env.number("EXTERNAL_CHANGE_RETENTION_DAYS", 180, low=1, high=36500)
DRAFT_RETENTION_DAYS = env.number("DRAFT_RETENTION_DAYS", 1, low=1, high=365)
SESSION_RETENTION_DAYS = env.number("SESSION_RETENTION_DAYS", 1, low=0, high=365)  # after they expired
OPERATION_LEASE_SECONDS = env.number("OPERATION_LEASE_SECONDS", 30, low=3, high=600)
WORKER_THREADS = env.number("WORKER_THREADS", 8, low=2, high=200)  # of one worker process
SWEEPS_AT_ONCE = env.number("SWEEPS_AT_ONCE", 6, low=2, high=1000)  # in all workers; the other threads run operations
REVIEW_FRESH_SECONDS = 5  # a review reads from AWS again what is older
SWEEP_SECONDS = {
    "in_progress": env.number("SWEEP_IN_PROGRESS_SECONDS", 2, low=1, high=600),
    "viewed": env.number("SWEEP_VIEWED_SECONDS", 15, low=1, high=600),
    "idle": env.number("SWEEP_IDLE_SECONDS", 60, low=1, high=3600),
    "reconcile": env.number("SWEEP_RECONCILE_SECONDS", 600, low=10, high=86400),
    "choices": env.number("SWEEP_CHOICES_SECONDS", 300, low=1, high=86400),
    "external_changes": env.number("SWEEP_EXTERNAL_CHANGES_SECONDS", 30, low=2, high=86400),
}

# --- audit trail ---------------------------------------------------------------------------------------------------
AUDIT_KEYS = env.words("AUDIT_KEYS", [])  # id:secret; the first one signs, all of them verify
AUDIT_CHECKPOINTS = env.words("AUDIT_CHECKPOINTS", [])  # addresses outside the database: file:, s3:, syslog:
AUDIT_CHECKPOINT_SECONDS = env.number("AUDIT_CHECKPOINT_SECONDS", 60, low=1, high=86400)
AUDIT_SINKS = env.words("AUDIT_SINKS", [])  # addresses that receive every event: https:, syslog:, s3:, file:

# --- sign-in -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "ecsdash.access.adapter.ClosedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "ecsdash.access.sign_in_forms.LoginForm",
    "change_password": "ecsdash.access.sign_in_forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False

# --- security ------------------------------------------------------------------------------------------------------
HTTPS = env.flag("HTTPS", True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000 if HTTPS else 0, low=0, high=63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", ["127.0.0.0/8", "::1"]) if BEHIND_PROXY else ()
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # without one, only clients on this machine may read /metrics
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a task definition of many containers is one form
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.db"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ecsdash.audit.middleware.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- files, language, logs -----------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ecsdash.web.storage.StaticFilesStorage"},
}
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
DJANGO_STRUCTLOG_USER_ID_FIELD = ""  # it would read the database for every request; see ecsdash.web.request_ids
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # that of RequestIds
LOGGING = logging_config(env.text("LOG_LEVEL", "INFO"))
