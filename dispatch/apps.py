from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    name = "dispatch"
    verbose_name = _("Dispatch")

    def ready(self) -> None:
        import dispatch.exchange
        import dispatch.integrity  # noqa: F401  registers its questions
        from cases import replies
        from cases import retention as persons
        from cases.lifecycle import CASE
        from dispatch import following, navigation, retention
        from dispatch.board import alarm_bar
        from dispatch.driver import calling, texts
        from hotline import bridge, incidents_page, restraint

        CASE.listen(following.follow)
        replies.ask_first(texts.take)
        bridge.know_callers(calling.target_of)
        restraint.for_work(*texts.EVENTS)
        persons.also(retention.erase)
        incidents_page.show_beside(alarm_bar.of)
        navigation.register()
