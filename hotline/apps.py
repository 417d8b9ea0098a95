from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class HotlineConfig(AppConfig):
    name = "hotline"
    verbose_name = _("The line")


class HotlineAdminConfig(AdminConfig):
    default_site = "hotline.site.HotlineAdminSite"
