from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class HotlineConfig(AppConfig):
    name = "hotline"
    verbose_name = _("The line")

    def ready(self) -> None:
        import hotline.celery  # noqa: F401  tasks that the web sends go to our broker, not to Celery's default one


class HotlineAdminConfig(AdminConfig):
    default_site = "hotline.site.HotlineAdminSite"
