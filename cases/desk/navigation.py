"""The pages of cases in the menu, each for the roles that work with it."""

from django.utils.translation import gettext_lazy as _

from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR
from hotline.navigation import add

ON_DUTY = (AGENT, SUPERVISOR)
DESK = (AGENT, SUPERVISOR, ADMINISTRATOR)
LEADS = (SUPERVISOR, ADMINISTRATOR)

add(_("Work"), _("Desk"), "cases:desk", "headset_mic", ON_DUTY)
add(_("Work"), _("Call-backs"), "cases:callbacks", "phone_callback", ON_DUTY)
add(_("Work"), _("Inbox"), "cases:inbox", "inbox", DESK)
add(_("Work"), _("Groups"), "cases:groups", "groups", DESK)
add(_("Work"), _("Offers"), "cases:offers", "volunteer_activism", DESK)
add(_("Work"), _("Queue"), "cases:queue", "sort", LEADS)
add(_("Work"), _("Calls now"), "cases:live-calls", "hearing", (SUPERVISOR,))
add(_("Work"), _("Practice"), "cases:practice", "school", (SUPERVISOR,))
add(_("Work"), _("Wall"), "cases:wallboard", "monitoring", LEADS)
add(_("Work"), _("Not answered"), "cases:unanswered", "phone_missed", LEADS)
add(_("Work"), _("Blocked numbers"), "line:blocked", "block", LEADS)
add(_("Work"), _("Incidents"), "line:incidents", "warning", LEADS)
add(_("Work"), _("Half hours"), "cases:half-hours", "schedule", LEADS)
add(_("Work"), _("Reports"), "cases:reports", "bar_chart", LEADS)
add(_("Data"), _("Emergency mode"), "admin:cases_emergencymode_changelist", "crisis_alert", LEADS)
add(_("Work"), _("Search"), "cases:search", "search", (*DESK, DISPATCHER))

for title, model, icon in [
    (_("Categories"), "category", "category"),
    (_("Communities"), "community", "apartment"),
    (_("Districts"), "district", "map"),
]:
    add(_("Data"), title, f"admin:cases_{model}_changelist", icon, (*DESK, DISPATCHER))
add(_("Work"), _("Quality"), "cases:quality", "grade", LEADS)
add(_("Work"), _("My reviews"), "cases:quality-mine", "grade", (AGENT,))
add(_("Work"), _("Files"), "cases:exchange", "swap_vert", LEADS)
for title, model, icon in [
    (_("Canned replies"), "cannedreply", "quickreply"),
    (_("Item catalogue"), "catalogueitem", "inventory_2"),
    (_("Looks of the levels"), "levellook", "palette"),
]:
    add(_("Data"), title, f"admin:cases_{model}_changelist", icon, DESK)
add(_("Data"), _("Recordings"), "admin:hotline_recording_changelist", "voicemail", (SUPERVISOR,))
for title, model, icon in [
    (_("Cases"), "case", "folder_open"),
    (_("Residents"), "resident", "group"),
    (_("Offers"), "offer", "volunteer_activism"),
    (_("Partners"), "partner", "handshake"),
    (_("Who looked"), "personaldataaccess", "visibility"),
    (_("Thresholds of age"), "agethreshold", "timer"),
    (_("Limits of claims"), "claimcap", "back_hand"),
    (_("Retention"), "retentionpolicy", "auto_delete"),
    (_("Requests about data"), "datarequest", "privacy_tip"),
    (_("Fields of the form"), "intakefield", "checklist"),
]:
    add(_("Data"), title, f"admin:cases_{model}_changelist", icon, LEADS)
add(_("Data"), _("Lines and hours"), "admin:hotline_line_changelist", "calendar_month", LEADS)
add(_("Data"), _("Texts to people"), "admin:hotline_messagetemplate_changelist", "sms", LEADS)
