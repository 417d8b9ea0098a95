from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from cases.admin.roles import LEADS
from cases.models import Contact, Note, Offer, Prescription, Survey
from hotline.admin.base import RoleAdmin
from hotline.admin.history import RoleHistoryAdmin


@admin.register(Contact)
class ContactAdmin(RoleAdmin):
    """Every call and message as it concerns a case; the visible inbox of the desk is where the open ones are settled."""

    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("id", "at", "taken_as", "case", "unread", "settled_at", "settled_by")
    list_select_related = ("case", "settled_by")
    list_filter = (
        "taken_as",
        "unread",
        ("settled_at", admin.EmptyFieldListFilter),
        ("case", admin.EmptyFieldListFilter),
    )
    search_fields = ("=id", "=case__id")
    ordering = ("-id",)


@admin.register(Note)
class NoteAdmin(RoleAdmin):
    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("at", "case", "by", "text")
    list_select_related = ("case", "by")
    search_fields = ("=case__id", "text")
    ordering = ("-id",)


@admin.register(Survey)
class SurveyAdmin(RoleAdmin):
    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("asked_at", "case", "answer", "answered_at", "closed_at")
    list_select_related = ("case",)
    list_filter = ("answer",)
    search_fields = ("=case__id",)
    ordering = ("-id",)
    exclude = ("number",)


@admin.register(Offer)
class OfferAdmin(RoleHistoryAdmin):
    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("id", "item", "district", "state", "giver", "case", "created_at")
    list_select_related = ("district", "resident", "case")
    list_filter = ("state", "district")
    search_fields = ("item", "words")
    ordering = ("-id",)

    @admin.display(description=_("giver"))
    def giver(self, offer: Offer) -> str:
        return str(offer.resident)


@admin.register(Prescription)
class PrescriptionAdmin(RoleHistoryAdmin):
    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("id", "need", "state", "valid_until", "changed_at")
    list_select_related = ("need",)
    list_filter = ("state",)
    search_fields = ("=id", "number", "=need__case__id")
    ordering = ("-id",)
