from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = _("Dispatch")

    def ready(self) -> None:
        import dispatch.exchange
        import dispatch.integrity  # noqa: F401  registers its questions
        from cases.lifecycle import CASE
        from dispatch import following, navigation

        CASE.listen(following.follow)
        navigation.register()
