from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        import cases.integrity
        import cases.metrics
        from cases import consequences, partners, texts
        from cases.exchange import of_cases, of_communities, of_people  # noqa: F401  registered with the first look
        from cases.handlers import CaseHandlers
        from cases.lifecycle import CASE
        from hotline import handlers

        handlers.register(CaseHandlers())
        texts.declare()
        CASE.listen(consequences.write_transition)
        CASE.listen(consequences.follow)
        CASE.listen(partners.note_move)
        if find_spec("cases.desk.navigation"):
            import cases.desk.navigation  # noqa: F401  adds its pages to the menu
