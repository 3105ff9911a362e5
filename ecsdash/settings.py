"""Django settings. Values that installations can change are read by ecsdash.env and listed in the README."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from ecsdash import env, masking, tracing
from ecsdash.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY", length=50)
masking.use_key(env.text("FINGERPRINT_KEY", SECRET_KEY))
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS", [SECRET_KEY])  # of plans; the first encrypts, all decrypt
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1"])
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
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
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
HTTPS = env.flag("HTTPS", True)
DEMO = env.flag("DEMO", False)  # one-time sign-in links and the command demo_seed, for bin/demo only
if DEMO:
    env.demo_is_here(ALLOWED_HOSTS, https=HTTPS)
    INSTALLED_APPS += ["ecsdash.demo"]
if find_spec("moto"):  # comes with the demo and test requirements only; the image has neither it nor these packages
    INSTALLED_APPS += [name for name in ("ecsdash.sandbox", "ecsdash.bench") if find_spec(name)]

MIDDLEWARE = [
    "ecsdash.web.request_ids.RequestIds",
    "ecsdash.access.proxy_middleware.OnlyOwnProxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ecsdash.web.header_middleware.PrivateHeaders",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "ecsdash.web.nul_middleware.RejectNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ecsdash.access.middleware.EndIdleSessions",
    "ecsdash.access.login_required.RequireLogin",
    "ecsdash.audit.middleware.RecordRefusals",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ecsdash.access.middleware.RequireSecureSignIn",
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
                "ecsdash.access.context.sign_in",
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
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "ecsdash.access.adapter.ClosedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "ecsdash.access.sign_in_forms.LoginForm",
    "change_password": "ecsdash.access.sign_in_forms.ChangePasswordForm",
    "reauthenticate": "ecsdash.access.sign_in_forms.PasswordAgainForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * env.number("REAUTHENTICATION_MINUTES", 15, low=1, high=720)
IDLE_SECONDS = 60 * env.number("IDLE_MINUTES", 120, low=1, high=720)  # without a request that a person made

MFA_ADAPTER = "ecsdash.access.second_factors.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "ecsdash.access.sign_in_forms.CodeForm",
    "reauthenticate": "ecsdash.access.sign_in_forms.CodeAgainForm",
    "login_webauthn": "ecsdash.access.sign_in_forms.PasskeySignInForm",
    "authenticate_webauthn": "ecsdash.access.sign_in_forms.PasskeyAfterPasswordForm",
    "reauthenticate_webauthn": "ecsdash.access.sign_in_forms.PasskeyAgainForm",
    "add_webauthn": "ecsdash.access.sign_in_forms.PasskeyForm",
    "activate_totp": "ecsdash.access.sign_in_forms.ActivateCodesForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "ecsdash"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow it for localhost only

# Single sign-on by OpenID Connect; without a server there is none.
OIDC_SERVER = env.server("OIDC_SERVER")
OIDC_NAME = env.text("OIDC_NAME", "single sign-on")  # on the button: "Sign in with ..."
OIDC_GROUPS_CLAIM = env.text("OIDC_GROUPS_CLAIM", "groups")
OIDC_ORIGINS = env.words("OIDC_ORIGINS", [])  # of the provider's sign-in page, when not that of the server
LOCAL_SIGN_IN = MFA_PASSKEY_LOGIN_ENABLED = env.flag("LOCAL_SIGN_IN", True)
if not LOCAL_SIGN_IN and not OIDC_SERVER:
    raise env.SettingError("ECSDASH_LOCAL_SIGN_IN is false and ECSDASH_OIDC_SERVER is not set: nobody could sign in")
SOCIALACCOUNT_ADAPTER = "ecsdash.access.provider.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC_SERVER:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": env.words("OIDC_SCOPES", ["openid", "profile", "email"]),
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": env.text("OIDC_CLIENT_ID"),
                "secret": env.text("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": OIDC_SERVER},
            }
        ],
    }

# --- security ------------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"  # browsers take it from this host only
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31_536_000 if HTTPS else 0, low=0, high=63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", ["127.0.0.0/8", "::1"]) if BEHIND_PROXY else ()
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # without one, only clients on this machine may read /metrics
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a task definition of many containers is one form
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "ecsdash.access.session_store"
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
        "form-action": [SELF, *(OIDC_ORIGINS or env.origins(OIDC_SERVER))],  # the sign-in form leads to the provider
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
tracing.configure(env.text("TRACES_URL", ""))
