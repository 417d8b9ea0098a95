"""The pages of agents and supervisors. Each view says who may use it."""

from django.urls import URLPattern, URLResolver, path

from cases.api import views as api
from cases.board import half_hours, hand_over, live_calls, reports, review, wallboard
from cases.desk import (
    block,
    call,
    callback_list,
    case_page,
    home,
    inbox_page,
    intake,
    landing,
    lookups,
    next_step,
    offers_page,
    pictures,
    prescription,
    presence,
    referral,
    search,
    transfers,
)
from cases.resident import views as resident

app_name = "cases"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", landing.landing, name="landing"),
    # the agent's desk
    path("desk/", home.desk, name="desk"),
    path("desk/work/", home.work_part, name="desk-work"),
    path("desk/call/", call.part, name="desk-call"),
    path("desk/call/<int:pk>/<slug:what>/", call.act, name="call-act"),
    path("desk/transfer/<int:pk>/colleagues/", transfers.colleagues, name="colleagues"),
    path("desk/transfer/<int:pk>/<slug:what>/", transfers.act, name="transfer"),
    path("desk/presence/", presence.control, name="presence"),
    path("desk/presence/beat/", presence.beat, name="beat"),
    path("desk/presence/<slug:to>/", presence.change, name="presence-change"),
    path("desk/claim/", intake.claim_next, name="claim-next"),
    path("desk/claim/<str:number>/", intake.claim, name="claim"),
    path("desk/form/new/", intake.new, name="draft-new"),
    path("desk/form/call/<int:pk>/", intake.of_call, name="draft-of-call"),
    path("desk/form/case/<str:number>/", intake.of_case, name="draft-of-case"),
    path("desk/form/<str:key>/", intake.of_draft, name="draft"),
    path("desk/form/<str:key>/keep/", intake.keep, name="draft-keep"),
    path("desk/form/<str:key>/save/", intake.save, name="draft-save"),
    path("desk/form/<str:key>/join/<str:number>/", intake.join, name="draft-join"),
    path("desk/form/<str:key>/close/", intake.close, name="draft-close"),
    path("desk/communities/", lookups.communities, name="communities"),
    path("desk/items/", lookups.items, name="items"),
    # call-backs
    path("callbacks/", callback_list.page, name="callbacks"),
    path("callbacks/rows/", callback_list.rows, name="callback-rows"),
    path("callbacks/next/", callback_list.take_next, name="callback-next"),
    path("callbacks/<int:pk>/", callback_list.detail, name="callback"),
    path("callbacks/<int:pk>/<slug:what>/", callback_list.act, name="callback-act"),
    # the visible inbox
    path("inbox/", inbox_page.page, name="inbox"),
    path("inbox/<int:pk>/<slug:what>/", inbox_page.act, name="inbox-act"),
    path("offers/", offers_page.page, name="offers"),
    path("offers/<int:pk>/<slug:what>/", offers_page.act, name="offer-act"),
    # cases
    path("search/", search.page, name="search"),
    path("cases/<str:number>/", case_page.page, name="case"),
    path("cases/<str:number>/timeline/", case_page.timeline_part, name="case-timeline"),
    path("cases/<str:number>/note/", case_page.note, name="case-note"),
    path("cases/<str:number>/text/", case_page.text, name="case-text"),
    path("cases/<str:number>/call/", case_page.call_person, name="case-call"),
    path("cases/<str:number>/show/", case_page.unmask, name="case-unmask"),
    path("cases/<str:number>/block/<int:phone>/", block.of_case, name="case-block"),
    path("cases/<str:number>/merge/", case_page.merge, name="case-merge"),
    path("cases/<str:number>/move/<slug:name>/", case_page.move, name="case-move"),
    path("cases/<str:number>/next/", next_step.panel, name="next"),
    path("cases/<str:number>/next/<slug:slug>/", next_step.ask, name="next-ask"),
    path("cases/<str:number>/next/<slug:slug>/take/", next_step.take, name="next-take"),
    path("referrals/<int:pk>/<slug:what>/", referral.act, name="referral-act"),
    path("prescriptions/<int:pk>/step/<slug:what>/", prescription.act, name="prescription-act"),
    path("cases/<str:number>/ask-photo/", prescription.ask_photo, name="ask-photo"),
    path("cases/<str:number>/allow/", prescription.allow, name="allow-controlled"),
    path("prescriptions/<int:pk>/photo/", case_page.prescription_photo, name="prescription-photo"),
    path("pictures/<int:pk>/", pictures.show, name="picture"),
    # residents, by a signed link
    path("r/<str:token>/", resident.page, name="resident"),
    # partners, by a key
    path("api/v1/schema/", api.Schema.as_view(), name="api-schema"),
    path("api/v1/docs/", api.docs, name="api-docs"),
    path("api/v1/cases/", api.Cases.as_view(), name="api-cases"),
    path("api/v1/cases/<str:number>/", api.OneCase.as_view(), name="api-case"),
    path("api/v1/cases/<str:number>/events/", api.Events.as_view(), name="api-events"),
    path("api/v1/cases/<str:number>/cancel/", api.Cancel.as_view(), name="api-cancel"),
    # supervisors
    path("board/", wallboard.page, name="wallboard"),
    path("board/half-hours/", half_hours.page, name="half-hours"),
    path("board/calls/", live_calls.page, name="live-calls"),
    path("board/calls/<int:pk>/<slug:what>/", live_calls.act, name="live-call-act"),
    path("queue/", review.page, name="queue"),
    path("queue/bulk/", review.bulk, name="queue-bulk"),
    path("queue/<str:number>/", review.peek, name="queue-peek"),
    path("hand-over/", hand_over.page, name="hand-over"),
    path("hand-over/take/", hand_over.take_over, name="hand-over-take"),
    path("reports/", reports.page, name="reports"),
]
