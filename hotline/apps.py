from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class HotlineConfig(AppConfig):
    name = "hotline"
    verbose_name = _("The line")

    def ready(self) -> None:
        import hotline.celery
        import hotline.integrity  # noqa: F401
        from hotline.checks import refuse_unsafe_production

        refuse_unsafe_production()


class HotlineAdminConfig(AdminConfig):
    default_site = "hotline.site.HotlineAdminSite"
