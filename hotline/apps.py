from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class HotlineConfig(AppConfig):
    name = "hotline"
    verbose_name = _("The line")

    def ready(self) -> None:
        import hotline.celery
        import hotline.integrity
        import hotline.second_factor  # noqa: F401  listens to log-ins
        from hotline.checks import refuse_unsafe_production

        refuse_unsafe_production()


class HotlineAdminConfig(AdminConfig):
    default_site = "hotline.site.HotlineAdminSite"
