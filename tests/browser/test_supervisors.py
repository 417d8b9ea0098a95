"""Supervisors in their browsers: a new category, two merges at once, somebody who cannot be reached."""

from django.utils import timezone
from playwright.sync_api import expect

from cases import callbacks, duplicates
from cases.models import Address, Callback, Case, Category, Community, Phone, Resident, Transition
from hotline.models import AgentSkill, Line
from tests.browser.conftest import Visit
from tests.stack import Stack
from tests.waiting import until


def case_at(number: str, *, room: str = "502", **fields: object) -> Case:
    """A case in the queue, of somebody at a door of the city."""
    community = Community.objects.exclude(committee_phone="").order_by("id")[1]
    address = Address.objects.create(community=community, district=community.district, building="9", room=room)
    person = Resident.objects.create(name="顾老太", address=address, vulnerabilities=fields.get("vulnerabilities", []))
    Phone.objects.create(resident=person, number=number, preferred=True)
    made = {
        "line": Line.objects.get(practice=False),
        "channel": "call",
        "person": person,
        "address": address,
        "level": 3,
    }
    step = {"next_step": "intake", "owner": "queue", "due_at": timezone.now()}
    case = Case.objects.create(**made, **step, district=community.district, created_at=timezone.now(), **fields)
    Transition.objects.create(case=case, move="open", from_state="", to_state=case.state)
    return case


def test_a_category_that_a_supervisor_adds_receives_its_first_case(stack: Stack, visit: Visit) -> None:
    page = visit("supervisor", "/admin/cases/category/add/")
    page.fill("[name=name]", "透析接送")
    page.fill("[name=name_en]", "Dialysis transport")
    page.fill("[name=menu_key]", "8")
    page.fill("[name=point_to_it]", "透析接送，送去透析")
    page.fill("[name=reason]", "many ask")
    page.locator("[name=_save]").first.click()
    added = until(lambda: Category.objects.filter(name_en="Dialysis transport").first(), "the category")
    stack.phone("+8613900006001").text(stack.number, "请问有没有车送去透析？我爸爸明天要做，出不了小区")
    case = until(lambda: Case.objects.filter(person__phones__number="+8613900006001").first(), "its first case")
    assert case.category == added
    page.goto(f"/cases/{case.number}/")
    expect(page.locator(".case-head")).to_contain_text("Dialysis transport")
    page.goto("/queue/")
    expect(page.locator(f"[name=category] option[value='{added.slug}']")).to_have_count(1)


def test_of_two_supervisors_who_merge_crosswise_one_wins_and_the_other_reads_who(stack: Stack, visit: Visit) -> None:
    one, two = case_at("+8613900006011"), case_at("+8613900006012")
    assert [twin.case for twin in duplicates.of_case(one)] == [two]
    pages = [visit("supervisor", f"/cases/{one.number}/"), visit("admin", f"/cases/{two.number}/")]
    for page in pages:
        form = page.locator("form[action$='/merge/']")
        expect(form).to_have_count(1)
        # both at once: neither waits for the other's answer
        form.evaluate("form => { setTimeout(() => form.requestSubmit(), 50); }")
    for page in pages:
        expect(page.locator(".notice-success, .notice-error")).to_have_count(1)
    said = [page.locator(".notices").inner_text() for page in pages]
    lost = next(words for words in said if "was quicker" in words)
    assert sum("was quicker" in words or "not possible" in words for words in said) == 1
    merged = Case.objects.get(pk__in=[one.pk, two.pk], state="duplicate")
    heir = Case.objects.get(pk__in=[one.pk, two.pk], state="new")
    assert merged.merged_into == heir
    assert merged.number in lost
    assert heir.number in lost


def test_somebody_who_cannot_be_reached_is_looked_for_by_the_committee(stack: Stack, visit: Visit) -> None:
    case = case_at("+8613900006021", room="77", vulnerabilities=["over_80", "lives_alone"])
    owed = callbacks.schedule(line=case.line, kind="clarify", due_at=timezone.now(), case=case, level=1)
    Callback.objects.filter(pk=owed.pk).update(attempts_made=owed.max_attempts - 1)
    until(lambda: Callback.objects.filter(pk=owed.pk, state="due").exists(), "the call-back to fall due")
    user = AgentSkill.objects.filter(user__role="agent").select_related("user").order_by("user_id")[30].user
    page = visit(user.username, f"/callbacks/?open={owed.pk}")
    page.keyboard.press("k")
    expect(page.locator("#outcome")).to_be_visible()
    page.keyboard.press("2")
    check = until(lambda: Callback.objects.filter(case=case, kind="welfare").first(), "the welfare check")
    assert check.number == case.address.community.committee_phone.replace(" ", "") or check.number.startswith("+86")
    page.goto(f"/cases/{case.number}/")
    expect(page.locator("main")).to_contain_text("welfare check")
    case.refresh_from_db()
    assert case.is_open
