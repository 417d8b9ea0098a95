"""The root of every URL. Each view declares who may use it (hotline.access)."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog, set_language

from hotline.access import public
from hotline.health import healthz, readyz
from hotline.metrics import metrics

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("i18n/setlang/", public("chooses a language")(set_language), name="set_language"),
    path("i18n/js/", public("translations only")(JavaScriptCatalog.as_view()), name="javascript-catalog"),
    path("admin/", admin.site.urls),
    path("", include("hotline.line_urls")),
    path("", include("cases.urls")),
    path("", include("dispatch.urls")),
]
