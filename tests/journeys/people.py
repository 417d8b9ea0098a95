"""What the people of a journey do, over HTTP, as their pages and telephones would."""

import re
from typing import Any
from uuid import uuid4

import httpx

from cases.models import Case, Community, Draft
from dispatch.driver import link
from dispatch.models import Plan, Stop, Trip
from hotline.carriers.loopback.client import LoopbackPhone
from hotline.models import User
from tests.stack import Stack
from tests.waiting import until


def press(browser: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """Posts a form of a page; whatever is not a success is a failed journey."""
    answer = browser.post(path, data=fields)
    assert answer.status_code < 400, f"{path}: {answer.status_code} {answer.text[:400]}"
    return answer


def case_of(number: str) -> Case:
    """The newest case asked for from this telephone number."""
    return until(lambda: Case.objects.filter(person__phones__number=number).order_by("-id").first(), "a case")


class Agent:
    """An agent at the desk, with a desk phone."""

    def __init__(self, stack: Stack, name: str) -> None:
        from hotline.models import User

        self.stack = stack
        self.user = User.objects.get(username=name)
        self.browser = stack.log_in(name)
        self.phone: LoopbackPhone = stack.phone(self.user.desk_phone)

    @classmethod
    def who_can(cls, stack: Stack, subject: str) -> "Agent":
        """The first agent with this subject."""
        from hotline.models import AgentSkill

        skill = AgentSkill.objects.filter(skill__slug=subject, user__role="agent").order_by("user_id")[0]
        return cls(stack, skill.user.username)

    def picks_up(self) -> None:
        """Answers the desk phone whenever it rings."""
        self.phone.behave(voice="answer", after=1)

    def go_available(self) -> None:
        press(self.browser, "/desk/presence/available/")

    def take_a_break(self) -> None:
        press(self.browser, "/desk/presence/break/", reason="lunch")

    def claim(self, case: Case) -> Draft:
        press(self.browser, f"/desk/claim/{case.number}/")
        return Draft.objects.get(case=case, agent=self.user, ended_at=None)

    def fill_in(self, draft: Draft, **said: str) -> Case:
        """Saves the form with what is known and what was said besides, and returns the case."""
        form = {
            "version": draft.data.get("version", ""),
            "for_whom": "caller",
            "caller-number": (draft.data.get("caller") or {}).get("number", ""),
            "words": draft.data.get("words", ""),
            "language": "zh-hans",
        }
        press(self.browser, f"/desk/form/{draft.key}/save/", **(form | said))
        draft.refresh_from_db()
        assert draft.case
        return draft.case

    def confirm_goods(self, case: Case) -> None:
        """The nearest pickup point that has them, on the telephone."""
        from dispatch import sourcing

        point = sourcing.points_for(case)[0]
        press(self.browser, f"/dispatch/cases/{case.pk}/goods/ask/", point=point.pk, said="yes")


def alone_on_duty(*agents: Agent | User) -> None:
    """Everybody else goes home: whom tests before have left on duty would be offered the callers of this one."""
    from hotline import presence
    from hotline.models import Presence

    stay = [agent.user if isinstance(agent, Agent) else agent for agent in agents]
    others = Presence.objects.exclude(state="offline").exclude(user__in=stay)
    for row in others.select_related("user"):
        presence.change(row.user, Presence.State.OFFLINE, sources=(*presence.FREE_TO_CHOOSE, row.state))


def place(district: str = "xuhui") -> dict[str, str]:
    """The address fields of a community in this district."""
    community = Community.objects.filter(district__slug=district).order_by("id")[0]
    return {
        "address-district": str(community.district_id),
        "address-community": str(community.pk),
        "address-community_name": community.name,
        "address-building": "3号楼",
        "address-room": "502室",
    }


class Dispatcher:
    def __init__(self, stack: Stack) -> None:
        self.browser = stack.log_in("dispatcher")

    def send_out(self, case: Case) -> Trip:
        """Accepts and releases the proposal that holds the case."""

        def proposal() -> Plan | None:
            newest = Plan.objects.filter(line=case.line, state=Plan.State.PROPOSED).order_by("-id").first()
            if newest and any(stop["case"] == case.pk for trip in newest.trips for stop in trip["stops"]):
                return newest
            return None

        plan = until(proposal, f"a plan with case {case.number}", 30)
        vehicle = next(t["vehicle"] for t in plan.trips if any(s["case"] == case.pk for s in t["stops"]))
        press(self.browser, f"/dispatch/plans/{plan.pk}/accept/", vehicle=vehicle, then="release")
        return Trip.objects.get(stops__case=case, stops__kind="delivery", state="released")


def link_of(stack: Stack, trip: Trip) -> str:
    """The address in the text that the driver got for this trip; there may be texts of earlier ones."""
    trip.refresh_from_db()
    beginning = link.address(trip).rsplit(":", 2)[0]  # the trip; the hour and the signature follow
    text = stack.phone(str(trip.driver.phone)).wait_for_message(beginning, timeout=20)["body"]
    return re.search(r"https?://\S+/d/[^\s，。]+", text).group()  # type: ignore[union-attr]


class Driver:
    """A driver with the link from the text message."""

    def __init__(self, stack: Stack, trip: Trip) -> None:
        self.trip = trip
        self.phone = stack.phone(str(trip.driver.phone))
        self.link = link_of(stack, trip)
        self.browser = httpx.Client(follow_redirects=True, trust_env=False, timeout=30)

    def press(self, act: str, stops: list[Stop] | None = None, **more: str) -> dict[str, Any]:
        """One press, as the page's script sends it; the answer says whether it was taken."""
        numbers = ",".join(str(stop.pk) for stop in stops or [])
        fields = {"key": uuid4().hex, "act": act, "stops": numbers} | more
        answer = self.browser.post(self.link, data=fields, headers={"Accept": "application/json"})
        return dict(answer.json())

    def stops(self, kind: str) -> list[Stop]:
        return list(Stop.objects.filter(trip=self.trip, kind=kind).order_by("sequence"))
