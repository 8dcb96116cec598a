"""Saldo's settings. What differs between machines comes from the environment; see environment.py."""

from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from marketplace.config import environment
from marketplace.config.environment import ASSETS_DIR, BASE_DIR, VAR_DIR, env
from marketplace.config.logs import configure_logs
from marketplace.config.schedule import SCHEDULE

django_stubs_ext.monkeypatch()

# On one's own machine there is no TLS: SALDO_LOCAL drops what only works with it.
LOCAL = env.bool("SALDO_LOCAL", default=False)
REDIS_URL = env.str("REDIS_URL", default="")
FILES_ROOT = Path(env.str("FILES_ROOT", default=str(VAR_DIR / "files")))

DEBUG = False
SECRET_KEY = environment.secret("SECRET_KEY", environment.make_secret_key)
FIELD_ENCRYPTION_KEYS = environment.secret("FIELD_ENCRYPTION_KEYS", environment.make_field_key).split(",")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if LOCAL else [])

INSTALLED_APPS = [
    "marketplace.config.apps.SaldoAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "tablericons",
    "marketplace.users",
    "marketplace.kernel",
    "marketplace.parties",
    "marketplace.ledger",
    "marketplace.vouchers",
    "marketplace.orders",
    "settlement.periods",
    "settlement.claims",
    "settlement.exports",
    "settlement.review",
    "settlement.documents",
    "settlement.invoices",
    "settlement.billing",
    "settlement.netting",
    "settlement.payouts",
    "settlement.runs",
    "sellers.door",
    "sellers.receipts",
    "sellers.mailroom",
    "sellers.erp",
    "sellers.portal",
    "sellers.api",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "marketplace.users.sessions.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "sellers.door.middleware.ClientAddress",
    "sellers.door.middleware.FormAddress",
]
ROOT_URLCONF = "marketplace.config.urls"
WSGI_APPLICATION = "marketplace.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sellers.door.context.layout",
            ]
        },
    }
]

# Each operation opens its own transaction; a request never is one.
DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": environment.cache(REDIS_URL)}

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("cs", _("Czech"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "marketplace.config.formats"

STATIC_URL = "/static/"
STATIC_ROOT = environment.folder("static")
STATICFILES_DIRS = [BASE_DIR / "static", ASSETS_DIR]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Of many files each form takes a few only, but for those made for many: marketplace/kernel/uploads.py.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
FILE_UPLOAD_HANDLERS = [
    "marketplace.kernel.uploads.FewFiles",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Who may come in
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
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
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sellers.door.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # logins are made by the marketplace, which knows their addresses
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if LOCAL else "https"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "export": "60/h/user",
    "api": "300/m/key",
    "api_market": "1200/m/key",
    "api_refused": "30/m/ip",
    "api_settings": "60/h/user",
    "upload": "60/h/user",
    "erp_credentials": "30/h/user",
}
MFA_ADAPTER = "marketplace.users.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Saldo"
MFA_ALLOW_UNVERIFIED_EMAIL = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Sessions end after an hour without a request, and after half a day in any case: users/sessions.py.
SESSION_IDLE_SECONDS = 60 * 60
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "sessionid" if LOCAL else "__Host-sessionid"
SESSION_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrftoken" if LOCAL else "__Host-csrftoken"
CSRF_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Mail
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Saldo <saldo@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
globals().update(
    environment.mail(default=f"filemail:///{VAR_DIR / 'mail'}" if LOCAL else "smtp://localhost:25")
)

# Mail that comes in: who says whether its sender is proven, where we listen, what we fetch from.
MAIL_AUTHSERV_ID = env.str("MAIL_AUTHSERV_ID", default="")
MAIL_PORT = env.int("MAIL_PORT", default=8025)
MAIL_IMAP_URL = env.str("MAIL_IMAP_URL", default="")

# ERPs: another address of Alegra than its own, for tests and the demo; and after how many seconds nothing
# that was on its way arrives any more (longer than a request may take).
ALEGRA_URL = env.str("ALEGRA_URL", default="")
ERP_QUIET_SECONDS = env.int("ERP_QUIET_SECONDS", default=60)

# Electronic invoices: the official business rules of EN 16931 (XSLT), where they are installed.
EN16931_RULES = env.str("EN16931_RULES", default="")

# Background work: a row is the job, a message only wakes a worker.
CELERY_BROKER_URL = environment.broker(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = environment.broker_options(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1800  # above all a drain may begin in its five minutes and still end
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")

# Logs
LOGGING_CONFIG = None
configure_logs(readable=LOCAL)
DJANGO_STRUCTLOG_CELERY_ENABLED = True

# Background work: the lease a worker holds a job by; 0 takes each kind's own. Tests shorten it.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=0)
