"""Rows of the line for tests."""

from datetime import time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from hotline.models import AgentSkill, Call, Line, Message, MessageTemplate, Presence, Recording, Skill, User

LINE_NUMBER = "+862152345678"


class LineFactory(DjangoModelFactory):
    class Meta:
        model = Line
        django_get_or_create = ("slug",)

    slug = "shanghai"
    name = "上海抗疫求助热线"
    name_en = "Shanghai help line"
    city = "shanghai"
    number = LINE_NUMBER
    greeting = "您好，这里是上海求助热线。"
    greeting_en = "This is the Shanghai help line."
    quiet_from = quiet_until = time(0)  # no night: a test means the same at any hour


class SkillFactory(DjangoModelFactory):
    class Meta:
        model = Skill
        django_get_or_create = ("slug",)

    slug = "medicine"
    name = factory.SelfAttribute("slug")
    kind = "subject"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"somebody{n}")
    role = "agent"
    name = factory.Sequence(lambda n: f"坐席{n}")
    desk_phone = factory.Sequence(lambda n: f"+8621500{n:05d}")


class PresenceFactory(DjangoModelFactory):
    """An agent on duty; `free_for` seconds."""

    class Meta:
        model = Presence

    class Params:
        free_for = 60

    user = factory.SubFactory(UserFactory)
    state = "available"
    since = factory.LazyAttribute(lambda o: timezone.now() - timedelta(seconds=o.free_for))
    heartbeat_at = factory.LazyFunction(timezone.now)


class AgentSkillFactory(DjangoModelFactory):
    class Meta:
        model = AgentSkill

    user = factory.SubFactory(UserFactory)
    skill = factory.SubFactory(SkillFactory)


class CallFactory(DjangoModelFactory):
    """A caller who waits; `waited` seconds."""

    class Meta:
        model = Call

    class Params:
        waited = 30

    line = factory.SubFactory(LineFactory)
    direction = "in"
    sid = factory.Sequence(lambda n: f"CA{n:032x}")
    number = factory.Sequence(lambda n: f"+86138{n:08d}")
    state = "waiting"
    waiting_since = factory.LazyAttribute(lambda o: timezone.now() - timedelta(seconds=o.waited))


class RecordingFactory(DjangoModelFactory):
    """A message left, kept for a month more."""

    class Meta:
        model = Recording

    call = factory.SubFactory(CallFactory, state="voicemail")
    sid = factory.Sequence(lambda n: f"RE{n:032x}")
    kind = "message"
    seconds = 12
    delete_after = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    line = factory.SubFactory(LineFactory)
    direction = "out"
    number = factory.Sequence(lambda n: f"+86139{n:08d}")
    body = "已收到您的求助"
    state = "queued"
    purpose = "received"
    topic = "case:1"
    idempotency_key = factory.Sequence(lambda n: f"received/case:1//{n}")


class TemplateFactory(DjangoModelFactory):
    class Meta:
        model = MessageTemplate
        django_get_or_create = ("event", "language", "category")

    event = "received"
    language = "zh-hans"
    category = ""
    body = "已收到，编号{number}。"
