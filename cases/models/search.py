from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class SearchDocument(models.Model):
    """Everything a case can be found by, as lexemes. Written by the database's own triggers only (migration 0005).

    Chinese is cut into pairs of signs, which needs no dictionary; telephones stand backwards, so that their last four are
    a beginning; an open case carries a mark, so that open ones are found first.
    """

    case = models.OneToOneField(
        Case, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+", verbose_name=_("case")
    )
    words = SearchVectorField(_("words"))

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        # search: which cases hold all of these lexemes
        indexes = [GinIndex(fields=["words"], name="case_search_words")]
