"""Django's settings, read from the environment (see `env.py` and docs/settings.md)."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from guanxi.config import env
from guanxi.config.database import django_database, ensure_database
from guanxi.config.home import home, secret_file

PACKAGE = Path(__file__).resolve().parent.parent
GUANXI_HOME = home()
DEBUG = env.DEBUG.yes()
SECRET_KEY = env.SECRET_KEY.text() or secret_file("secret_key")
BASE_URL = env.BASE_URL.text().rstrip("/") or f"http://{env.HOST.text()}:{env.PORT.text()}"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", env.HOST.text(), *env.ALLOWED_HOSTS.words()]

INSTALLED_APPS = [
    "guanxi.core",
    "guanxi.warehouse",
    "guanxi.customers",
    "guanxi.commerce",
    "guanxi.messaging",
    "guanxi.visits",
    "guanxi.loyalty",
    "guanxi.segments",
    "guanxi.marketing",
    "guanxi.analytics",
    "guanxi.workspace",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_cotton",
    "django_htmx",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "guanxi.core.web.middleware.PreferencesMiddleware",
    "guanxi.core.web.middleware.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "guanxi.config.urls"
WSGI_APPLICATION = "guanxi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "guanxi.core.templatetags.guanxi"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "csp.context_processors.nonce",
                "guanxi.core.web.context.interface",
            ],
        },
    }
]
COTTON_DIR = "cotton"

DATABASES = {"default": django_database(ensure_database())}
WAREHOUSE_ENGINE = env.WAREHOUSE_ENGINE.text()
WAREHOUSE_MEMORY = env.WAREHOUSE_MEMORY.text()
WAREHOUSE_THREADS = env.WAREHOUSE_THREADS.number()
SPARK_MASTER = env.SPARK_MASTER.text()
SPARK_CONFIG = dict(word.split("=", 1) for word in env.SPARK_CONFIG.words())
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "guanxi.core.web.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # axes counts them, for all processes together
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Guanxi"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the administrator typed the address
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "guanxi.core.web.accounts.attempted_address"
AXES_LOCKOUT_TEMPLATE = "core/locked.html"
CSRF_FAILURE_VIEW = "guanxi.core.web.errors.stale_form"
AXES_VERBOSE = False

LANGUAGE_CODE = env.LANGUAGE.text().lower()
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = "guanxi.config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.TIME_ZONE.text()
DEFAULT_CURRENCY = env.CURRENCY.text()

STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATIC_ROOT = None  # served from the package by whitenoise
MEDIA_ROOT = GUANXI_HOME / "uploads"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": ["'none'"],
    }
}

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = env.EMAIL_FROM.text()

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"guanxi": {"level": "INFO"}, "django.request": {"level": "ERROR"}, "axes": {"level": "ERROR"}},
}

LANGUAGE_NAMES = {"en": _("English"), "zh-hans": _("Simplified Chinese"), "zh-hant": _("Traditional Chinese")}

# Read by the rooms as settings.NAME, so that none of them needs to know where a setting comes from.
WEB_SERVER: dict[str, Any] = {
    "host": env.HOST.text(),
    "port": env.PORT.number(),
    "workers": env.WEB_WORKERS.number(),
    "threads": env.WEB_THREADS.number(),
}
SMTP_URL = env.SMTP_URL.text()
EMAIL_FROM = env.EMAIL_FROM.text()
EMAIL_RATE = env.EMAIL_RATE.number()
EMAIL_CONNECTIONS = env.EMAIL_CONNECTIONS.number()
OUTBOX_DAYS = env.OUTBOX_DAYS.number()
