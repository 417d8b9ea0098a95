"""Every setting, from the environment, with a default that is safe for one machine.

HOTLINE_PRODUCTION=1 turns the defaults off: what is missing then stops the start (hotline.checks).
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("HOTLINE_VAR", default=str(BASE_DIR / ".var")))
environ.Env.read_env(VAR_DIR / "secrets.env")
environ.Env.read_env(VAR_DIR / "services.env")

PRODUCTION = env.bool("HOTLINE_PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
UNSAFE_SECRET_KEY = "only-for-a-machine-of-ones-own"  # noqa: S105 refused in production by hotline.checks
SECRET_KEY = env("SECRET_KEY", default=UNSAFE_SECRET_KEY)
WEB_PORT = env.int("WEB_PORT", default=8000)
CARRIER_PORT = env.int("CARRIER_PORT", default=8010)
# The address under which the carrier and residents reach us: signatures are computed over it, links begin with it.
HOTLINE_BASE_URL = env("HOTLINE_BASE_URL", default=f"http://127.0.0.1:{WEB_PORT}").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", urlsplit(HOTLINE_BASE_URL).hostname or "localhost"]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[HOTLINE_BASE_URL])

# The carrier
TWILIO_ACCOUNT_SID = env("TWILIO_ACCOUNT_SID", default="AC" + "0" * 32)
TWILIO_AUTH_TOKEN = env("TWILIO_AUTH_TOKEN", default="loopback")
TWILIO_API_URL = env("TWILIO_API_URL", default=f"http://127.0.0.1:{CARRIER_PORT}")
# The soft phone in the browser is offered when all three are set: an API key of the account and a TwiML app.
TWILIO_API_KEY = env("TWILIO_API_KEY", default="")
TWILIO_API_SECRET = env("TWILIO_API_SECRET", default="")
TWILIO_TWIML_APP_SID = env("TWILIO_TWIML_APP_SID", default="")
# The practice line's carrier: another account at another address, by default the loopback carrier of this machine.
PRACTICE_API_URL = env("PRACTICE_API_URL", default="" if "api.twilio.com" in TWILIO_API_URL else TWILIO_API_URL)
PRACTICE_ACCOUNT_SID = env("PRACTICE_ACCOUNT_SID", default=TWILIO_ACCOUNT_SID)
# What the simulated callers of practice shifts say: a file in the form of the demo's.
PRACTICE_SCENARIO = env("PRACTICE_SCENARIO", default=str(BASE_DIR / "cases" / "demo" / "requests.jsonl"))
PRACTICE_AUTH_TOKEN = env("PRACTICE_AUTH_TOKEN", default=TWILIO_AUTH_TOKEN)
CARRIER_TIMEOUT_SECONDS = env.float("CARRIER_TIMEOUT_SECONDS", default=10.0)
# A text whose answer was lost is looked up only when nothing can still be under way.
LOOK_UP_AFTER_SECONDS = env.float("LOOK_UP_AFTER_SECONDS", default=CARRIER_TIMEOUT_SECONDS + 5)
# No storm of ours reaches anybody: so many texts that no person wrote go to one number in 24 hours.
TEXTS_PER_PERSON_AND_DAY = env.int("TEXTS_PER_PERSON_AND_DAY", default=40)
# Off: nothing waits for the morning, whatever lines and templates say.
QUIET_HOURS = env.bool("QUIET_HOURS", default=True)
# Texts that lie longer in the outbox, although their time has come, are an incident.
BACKLOG_MINUTES = env.float("BACKLOG_MINUTES", default=10)
# Tests from end to end of lines that have a test number; so long one may take before it has failed.
LINE_TESTS = env.bool("LINE_TESTS", default=True)
LINE_TEST_SECONDS = env.float("LINE_TEST_SECONDS", default=120)
SENDER_THREADS = env.int("SENDER_THREADS", default=8)  # texts being handed over at once, by each line's sender

# Agents and calls
RING_SECONDS = env.int("RING_SECONDS", default=20)  # a desk phone
PERSON_RING_SECONDS = env.int("PERSON_RING_SECONDS", default=40)
# On calls out the carrier listens whether an answering machine has picked up, and the agent is told; nobody waits for it.
DETECT_MACHINES = env.bool("DETECT_MACHINES", default=True)
WRAP_UP_SECONDS = env.float("WRAP_UP_SECONDS", default=60)
PRESENCE_TIMEOUT_SECONDS = env.float("PRESENCE_TIMEOUT_SECONDS", default=60)  # the desk says something every 15
REFUSAL_SECONDS = env.float("REFUSAL_SECONDS", default=120)  # so long nobody is offered a caller just turned down
WAIT_FOR_SKILL_SECONDS = env.float("WAIT_FOR_SKILL_SECONDS", default=120)  # for the subject or language, then anybody
MOST_CALLERS_WAITING = env.int("MOST_CALLERS_WAITING", default=200)  # of a line; who comes then may leave a message
CALL_CHECK_SECONDS = env.float("CALL_CHECK_SECONDS", default=60)

# Drivers. Beyond what is advised a dispatcher must allow it with a reason; beyond the most nobody can.
DRIVING_HOURS_ADVISED = env.float("DRIVING_HOURS_ADVISED", default=9)  # on trips, within 24 hours
DRIVING_HOURS_MOST = env.float("DRIVING_HOURS_MOST", default=12)
REST_HOURS_ADVISED = env.float("REST_HOURS_ADVISED", default=9)  # between the last trip of a shift and the next shift
REST_HOURS_LEAST = env.float("REST_HOURS_LEAST", default=7)
HOURS_WITHOUT_BREAK = env.float("HOURS_WITHOUT_BREAK", default=4)  # warned about
HOURS_WITHOUT_MEAL = env.float("HOURS_WITHOUT_MEAL", default=6)
DRIVER_ANSWERS_WITHIN_MINUTES = env.float("DRIVER_ANSWERS_WITHIN_MINUTES", default=10)  # accept or decline
CERTIFICATE_REMINDED_HOURS = env.float("CERTIFICATE_REMINDED_HOURS", default=6)  # before it lapses
POSITION_STALE_MINUTES = env.float(
    "POSITION_STALE_MINUTES", default=15
)  # then it is shown as old and not reckoned with

# Residents on a trip: told anew when it comes later than the window by more than this; told when so many stops are ahead.
TOLD_WHEN_LATER_MINUTES = env.float("TOLD_WHEN_LATER_MINUTES", default=10)
TOLD_AT_STOPS_AHEAD = env.int("TOLD_AT_STOPS_AHEAD", default=3)
# A routing server for the planner; empty: great circles with the detours and speeds of the city (dispatch/travel.py).
ROUTING_SERVER_URL = env("ROUTING_SERVER_URL", default="")
ROUTING_SERVER_KIND = env("ROUTING_SERVER_KIND", default="osrm")  # or valhalla
ROUTING_SERVER_SECONDS = env.float("ROUTING_SERVER_SECONDS", default=3.0)  # for the whole table; then great circles

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.simple_history",
    "hotline.apps.HotlineAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_celery_beat",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "pgtrigger",
    "phonenumber_field",
    "rest_framework",
    "simple_history",
    "hotline.apps.HotlineConfig",
    "cases.apps.CasesConfig",
    "dispatch.apps.DispatchConfig",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
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
    "django_htmx.middleware.HtmxMiddleware",
    "hotline.access.AccessMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "hotline.urls"
ASGI_APPLICATION = "hotline.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # as Django's own default, with what every request says alike joined (hotline.fixed_parts)
            "loaders": [
                (
                    "hotline.fixed_parts.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgres://hotline@127.0.0.1:5432/hotline")}
DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
    # A small pool per process: as many as it has threads, and some to spare.
    "pool": {
        "min_size": 0,
        "max_size": env.int("DATABASE_POOL", default=24),
        "timeout": 10,
    },
    "prepare_threshold": 5,  # hotline.prepared; Django's own statements are never prepared
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
WEB_THREADS = env.int("WEB_THREADS", default=12)  # pages made at once by one web process; live streams need none
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hotline",
    }
}

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL.replace("unix://", "redis+socket://"))
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_TASK_PUBLISH_RETRY = False  # a nudge that fails is made good by the next sweep (hotline.wake)
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=3.0)

AUTH_USER_MODEL = "hotline.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "/"
# A second factor after the password, of supervisors, dispatchers and administrators; production does not start without it.
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=PRODUCTION)
OTP_TOTP_ISSUER = env("SECOND_FACTOR_NAME", default="Hotline")  # what the app calls the account
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "CN"
PHONENUMBER_DB_FORMAT = "E164"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env("STATIC_FILES_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = (
    True  # compressing takes seconds; who asks by the plain name gets it from the package
)
MEDIA_ROOT = VAR_DIR / "media"  # never under the web root: views hand files out to those who may see the case

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HOTLINE_BASE_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
X_FRAME_OPTIONS = "DENY"
# Pictures for the map of the board, such as https://tiles.example.org/{z}/{x}/{y}.png: the one page that may then load
# them from there. None: the districts' outlines alone.
MAP_TILES_URL = env("MAP_TILES_URL", default="")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # the admin theme's own scripts are Alpine.js components, which evaluate their attributes
        "script-src": ["'self'", "'unsafe-eval'", "'unsafe-inline'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Hotline: interface for partners",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"CaseState": "cases.lifecycle.CaseState"},
}

UNFOLD = {
    "SITE_TITLE": _("Hotline"),
    "SITE_HEADER": _("Hotline"),
    "SITE_SYMBOL": "call",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("hotline/icon.svg")}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "LOGIN": {"form": "hotline.login.LoginForm"},
    "SIDEBAR": {"show_search": True, "navigation": "hotline.site.navigation"},
}

SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
SILENCED_SYSTEM_CHECKS = ["axes.W004"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "twilio.http_client": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        # two lines for each of several sweeps a second would hide what happened
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
