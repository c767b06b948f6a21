"""Django's settings: everything a county may set comes from the environment, which `./run` fills in for the demo."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from yigongti.kernel import database


def _need(name: str) -> str:
    if not os.environ.get(name):
        raise ImproperlyConfigured(f"{name} is not set; start through ./run")
    return os.environ[name]


DATA_FOLDER = Path(_need("YIGONGTI_DATA"))
HTTPS = os.environ.get("YIGONGTI_HTTPS") == "1"
DEBUG = False
PURPOSE = os.environ.get("YIGONGTI_PURPOSE", "command")  # or web, worker, listen

# --- secrets and addresses

SECRET_KEY = _need("YIGONGTI_SECRET_KEY")
ALLOWED_HOSTS = [host for host in os.environ.get("YIGONGTI_ALLOWED_HOSTS", "").split(",") if host]
ROOT_URLCONF = "yigongti.site.urls"
WSGI_APPLICATION = "yigongti.site.wsgi.application"
APPEND_SLASH = False

# --- other systems

DICOMWEB = {name: os.environ.get(f"YIGONGTI_DICOMWEB_{kept}", "")
            for name, kept in (("address", "URL"), ("user", "USER"), ("password", "PASSWORD"))}  # fmt: skip

# --- rooms

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "yigongti.kernel.access",
    "yigongti.kernel.audit",
    "yigongti.kernel.action",
    "yigongti.kernel.workflow",
    "yigongti.kernel.parameters",
    "yigongti.kernel.files",
    "yigongti.kernel.measures",
    "yigongti.kernel.pages",
    "yigongti.organisations",
    "yigongti.residents",
    "yigongti.record",
    "yigongti.capacity",
    "yigongti.referral",
    "yigongti.chronic",
    "yigongti.publichealth",
    "yigongti.fund",
    "yigongti.indicators",
    "yigongti.exchange",
    "yigongti.site",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- storage

DATABASES = {"default": database.django_settings(dsn=_need("YIGONGTI_DATABASE_URL"), purpose=PURPOSE)}
STATIC_ROOT = DATA_FOLDER / "static"
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": os.environ.get("YIGONGTI_STATIC_STORAGE", "yigongti.site.assets.Assets")},
}

# --- from request to answer

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Of what a chapter answers; style and scripts lie compressed already. Django adds random bytes to every compressed
    # answer, so that its length does not tell what stands beside the form token (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "yigongti.site.middleware.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yigongti.site.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yigongti.site.who.Who",
]
TEMPLATES = [
    {
        "BACKEND": "yigongti.kernel.pages.templating.Templates",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "yigongti.kernel.pages.templating.environment",
            "context_processors": ["yigongti.site.surroundings.surroundings"],
            "cache_size": -1,
        },
    }
]
WHITENOISE_MAX_AGE = 0  # names with a hash are kept for ever all the same; the few without must be asked for again
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
CSRF_FAILURE_VIEW = "yigongti.site.refusing.csrf_failure"

# --- who is there

AUTH_USER_MODEL = "access.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/sign-in"
SESSION_ENGINE = "yigongti.site.sessions"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60  # a shift
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
if HTTPS:  # serve runs behind the county's own proxy, which ends TLS and must set this header itself
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- language and time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- logs: to standard error, which ./run keeps under data/log

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING" if PURPOSE == "command" else "INFO"},
    "loggers": {"procrastinate": {"level": "WARNING"}},
}
