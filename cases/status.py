"""The true answer to STATUS: where the request stands, why, and what can honestly be expected.

What residents read is Chinese and English data, not the language of whoever is logged in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from cases import outlook, waiting
from cases.lifecycle import CaseState
from cases.models import Case

S = CaseState
ZH, EN = "zh-hans", "en"

SENTENCES: dict[str, dict[str, str]] = {
    ZH: {
        S.NEW: "{number}：已登记，正在排队等候接线员处理。",
        "new_due": "预计{due}前与您联系。",
        "new_late": "比预计的慢，我们没有忘记，按紧急程度依次处理。",
        S.TRIAGED: "{number}：接线员已看过，正在想办法。",
        S.SOURCING: "{number}：正在联系药房或仓库备货，货源确认后才能派车。",
        S.READY: "{number}：物品已备好，等待派车。",
        "ready_unknown": "还不能确定送达时间，定了马上短信告诉您。",
        S.PLANNED: "{number}：已安排车辆。",
        S.EN_ROUTE: "{number}：车辆已出发。",
        "promised": "预计{window}送到。",
        "late": "比约定的时间晚了，我们在跟进。",
        S.DELIVERED: "{number}：司机报告已送达。收到回复 1，没收到回复 2。",
        S.FOLLOW_UP: "{number}：登记为已解决，请告诉我们是否属实：是回复 1，不是回复 2。",
        "review": "{number}：您反馈的问题由值班主管在核实。",
        S.ON_HOLD: "{number}：暂时等待：{reason}。{until}会再处理。",
        S.CLOSED: "{number}：已办结。",
        S.CANCELLED: "{number}：已取消。",
        S.DUPLICATE: "{number}：已并入 {into}，请查询 {into}。",
        S.UNMET: "{number}：很抱歉没能办成：{reason}。",
        "none": "这个号码名下没有登记的求助。请直接回复您需要什么、住哪个区和小区。",
        "due": "{due}前会有下一步。",
        "rest": "还没送到的部分以编号 {into} 继续办。",
        "referral": "{number}：已转给其他能帮忙的人，正在等他们回音。",
        "unconfirmed": "我们没能联系上您确认是否还需要，暂排在后面；回复任意一句话即可恢复。",
        "today": "今天",
        "tomorrow": "明天",
    },
    EN: {
        S.NEW: "{number}: registered, waiting for an agent.",
        "new_due": "We expect to contact you before {due}.",
        "new_late": "It takes longer than expected; you are not forgotten, the most urgent come first.",
        S.TRIAGED: "{number}: an agent has looked at it and is finding a way.",
        S.SOURCING: "{number}: we are asking pharmacies or depots for the goods; a vehicle comes after that.",
        S.READY: "{number}: the goods are there, waiting for a vehicle.",
        "ready_unknown": "We cannot say yet when it arrives; you get a text as soon as we can.",
        S.PLANNED: "{number}: a vehicle has been assigned.",
        S.EN_ROUTE: "{number}: the vehicle is on its way.",
        "promised": "Expected {window}.",
        "late": "It is later than promised; we are following it up.",
        S.DELIVERED: "{number}: the driver reports it delivered. Reply 1 if received, 2 if not.",
        S.FOLLOW_UP: "{number}: noted as solved. Reply 1 if that is so, 2 if not.",
        "review": "{number}: a supervisor is looking into what you told us.",
        S.ON_HOLD: "{number}: on hold: {reason}. We go on {until}.",
        S.CLOSED: "{number}: closed.",
        S.CANCELLED: "{number}: cancelled.",
        S.DUPLICATE: "{number}: now part of {into}; please ask about {into}.",
        S.UNMET: "{number}: we are sorry, it could not be done: {reason}.",
        "none": "Nothing is registered under this number. Reply with what you need, your district and your compound.",
        "due": "The next step is due before {due}.",
        "rest": "What is still missing goes on as {into}.",
        "referral": "{number}: others who can help were asked; we wait for their answer.",
        "unconfirmed": "We could not reach you to ask whether it is still needed, so others come first. Any reply helps.",
        "today": "today",
        "tomorrow": "tomorrow",
    },
}
# Why a case is held, by the words of the desk; an agent's own words are not for the resident.
HELD: dict[str, dict[str, str]] = {
    ZH: {"photo": "等您发来处方照片", "resident": "等您的回复", "stock": "等货源", "": "等待必要的材料或货源"},
    EN: {
        "photo": "waiting for the photo of your prescription",
        "resident": "waiting for your answer",
        "stock": "waiting for stock",
        "": "waiting for papers or stock",
    },
}
UNMET: dict[str, dict[str, str]] = {
    ZH: {
        Case.Outcome.NOT_AVAILABLE: "目前买不到",
        Case.Outcome.NO_VEHICLE: "没有能按时到达的车辆",
        Case.Outcome.UNREACHABLE: "多次联系不上您",
        Case.Outcome.REFERRED: "已转其他单位办理",
        Case.Outcome.NOT_A_NEED: "不属于本热线受理范围",
        "": "条件所限",
    },
    EN: {
        Case.Outcome.NOT_AVAILABLE: "it is not to be had at present",
        Case.Outcome.NO_VEHICLE: "no vehicle can be there in time",
        Case.Outcome.UNREACHABLE: "we could not reach you",
        Case.Outcome.REFERRED: "others have taken it over",
        Case.Outcome.NOT_A_NEED: "this line cannot help with it",
        "": "we do not have the means",
    },
}


def words(case: Case | None, language: str) -> str:
    """A few sentences about a case, true at this moment; about none, how to ask for help."""
    said = SENTENCES.get(language, SENTENCES[ZH])
    if case is None:
        return said["none"]
    unsure = said["unconfirmed"] if case.unconfirmed_since and case.is_open else ""
    parts = [
        _sentence(case, said, language),
        unsure,
        _rest(case, said),
        waiting.words(case, language),
        outlook.words(case, language),
        _expectation(case, said, language),
    ]
    return "".join(parts) if language == ZH else " ".join(part for part in parts if part)


def _rest(case: Case, said: dict[str, str]) -> str:
    """Only part of it came: where the rest stands."""
    if case.delivered_at is None:
        return ""
    rest = next((one for one in case.rests.order_by("-id")[:3] if one.is_open), None)
    return said["rest"].format(into=rest.number) if rest else ""


def why_unmet(case: Case, language: str) -> str:
    """Why it could not be served, in words for the resident: by its outcome, never an agent's own note."""
    said = UNMET.get(language, UNMET[ZH])
    return said.get(case.outcome) or said[""]


def _why_held(case: Case, language: str) -> str:
    said = HELD.get(language, HELD[ZH])
    return said.get(case.hold_reason) or said[""]


def window(start: datetime, end: datetime, case: Case, language: str) -> str:
    """A promised window as it is told: today 14:00-15:30."""
    zone = ZoneInfo(case.line.time_zone)
    return f"{clock(start, case, language)}-{end.astimezone(zone):%H:%M}"


def clock(at: datetime, case: Case, language: str) -> str:
    """A moment in the line's own time: today 14:30, tomorrow 09:00, else with the date."""
    zone = ZoneInfo(case.line.time_zone)
    local, today = at.astimezone(zone), timezone.now().astimezone(zone).date()
    said = SENTENCES.get(language, SENTENCES[ZH])
    if local.date() == today:
        day = said["today"]
    elif local.date() == today + timedelta(days=1):
        day = said["tomorrow"]
    else:
        day = f"{local.month}月{local.day}日" if language == ZH else f"{local:%d %B}"
    return f"{day} {local:%H:%M}"


def _sentence(case: Case, said: dict[str, str], language: str) -> str:
    key = case.next_step if case.next_step in (Case.Step.REVIEW, Case.Step.REFERRAL) else case.state
    return said[key].format(
        number=case.number,
        reason=why_unmet(case, language) if case.state == S.UNMET else _why_held(case, language),
        until=clock(case.held_until, case, language) if case.held_until else "",
        into=case.merged_into.number if case.merged_into else "",
    )


def _expectation(case: Case, said: dict[str, str], language: str) -> str:
    """What can honestly be said about when. Nothing is said where nothing is known."""
    late = case.due_at is not None and case.due_at < timezone.now()
    if case.next_step == Case.Step.REVIEW or not case.is_open:
        return ""
    if case.state in (S.PLANNED, S.EN_ROUTE):
        if case.promised_from is None or case.promised_until is None:
            return ""
        if case.promised_until < timezone.now():
            return said["late"]
        return said["promised"].format(window=window(case.promised_from, case.promised_until, case, language))
    if case.state == S.READY:
        return "" if case.waits_because else said["ready_unknown"]
    if case.state in (S.NEW, S.TRIAGED, S.SOURCING) and case.due_at:
        if late:
            return said["new_late"]
        key = "new_due" if case.state == S.NEW else "due"
        return said[key].format(due=clock(case.due_at, case, language))
    return ""
