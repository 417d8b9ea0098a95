"""Rows of the cases for tests. A case here is a row as the rules would leave it; its history begins with it."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cases.models import (
    Address,
    Callback,
    Case,
    Category,
    CategoryVersion,
    Community,
    District,
    Need,
    Phone,
    Resident,
    Transition,
)
from tests.factories.hotline import LineFactory, SkillFactory


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("slug",)

    slug = "yangpu"
    name = "杨浦区"
    name_en = "Yangpu"
    lon = 121.52
    lat = 31.27


class CommunityFactory(DjangoModelFactory):
    class Meta:
        model = Community
        django_get_or_create = ("district", "name")

    district = factory.SubFactory(DistrictFactory)
    name = "杏林新村"
    lon = 121.53
    lat = 31.28
    committee_phone = "+862165430001"
    gate_contact = "门卫"


class AddressFactory(DjangoModelFactory):
    class Meta:
        model = Address

    community = factory.SubFactory(CommunityFactory)
    district = factory.SelfAttribute("community.district")
    building = "3"
    room = "502"


class CategoryFactory(DjangoModelFactory):
    """A category with the skill of its name; `version` makes its first version."""

    class Meta:
        model = Category
        django_get_or_create = ("slug",)
        skip_postgeneration_save = True

    slug = "medicine"
    name = factory.SelfAttribute("slug")
    name_en = factory.SelfAttribute("slug")
    skill = factory.SubFactory(SkillFactory, slug=factory.SelfAttribute("..slug"))

    @factory.post_generation
    def version(self, create, extracted, **kwargs):
        if create and not self.versions.exists():
            CategoryVersion.objects.create(category=self, version=1, rules=extracted or {})


class ResidentFactory(DjangoModelFactory):
    """A person with one number: `ResidentFactory(number="+86...")`; number="" for somebody without."""

    class Meta:
        model = Resident
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"王某{n}")

    @factory.post_generation
    def number(self, create, extracted, **kwargs):
        if create and extracted != "":
            number = extracted or f"+86137{self.pk:08d}"
            Phone.objects.create(resident=self, number=number, preferred=True)


class CaseFactory(DjangoModelFactory):
    """A new case in the queue; `state`, `owner` and the rest as given."""

    class Meta:
        model = Case
        skip_postgeneration_save = True

    line = factory.SubFactory(LineFactory)
    channel = "sms"
    person = factory.SubFactory(ResidentFactory)
    category = factory.SubFactory(CategoryFactory)
    address = factory.SubFactory(AddressFactory)
    district = factory.SelfAttribute("address.district")
    words = "胰岛素只剩两天"
    level = 2
    state = "new"
    next_step = "intake"
    owner = "queue"
    created_at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=30))

    @factory.post_generation
    def opened(self, create, extracted, **kwargs):
        if create:
            Transition.objects.create(case=self, move="open", from_state="", to_state=self.state)


class NeedFactory(DjangoModelFactory):
    class Meta:
        model = Need

    case = factory.SubFactory(CaseFactory)
    item = "胰岛素笔芯"
    quantity = 2
    unit = "支"


class CallbackFactory(DjangoModelFactory):
    """A call-back that is due now, for a case."""

    class Meta:
        model = Callback

    line = factory.SubFactory(LineFactory)
    kind = "clarify"
    case = factory.SubFactory(CaseFactory)
    resident = factory.LazyAttribute(lambda o: o.case.person if o.case else None)
    number = factory.LazyAttribute(lambda o: str(o.resident.phones.get().number) if o.resident else "+8613700001111")
    state = "due"
    level = 2
    due_at = factory.LazyFunction(timezone.now)
    first_due_at = factory.SelfAttribute("due_at")
