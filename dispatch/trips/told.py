"""Why a promised time moves, as residents are told it. What a dispatcher writes for colleagues never goes out."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

CHANGED, OTHERS_FIRST, VEHICLE, DRIVER, ROAD, GOODS = "changed", "others_first", "vehicle", "driver", "road", "goods"


class Because(models.TextChoices):
    """What the dispatcher chooses from."""

    CHANGED = CHANGED, _("the trip cannot go as planned")
    OTHERS_FIRST = OTHERS_FIRST, _("a more urgent request comes first")
    VEHICLE = VEHICLE, _("the vehicle has broken down")
    DRIVER = DRIVER, _("the driver cannot drive on")
    ROAD = ROAD, _("a road or gate is closed")
    GOODS = GOODS, _("the goods are not ready yet")


# For residents: data by language, not the language of whoever is logged in.
SAID = {
    CHANGED: {"zh-hans": "行车安排有变", "en": "the trip cannot go as planned"},
    OTHERS_FIRST: {"zh-hans": "有更急的求助要先送", "en": "a more urgent request comes first"},
    VEHICLE: {"zh-hans": "车辆临时故障", "en": "the vehicle has broken down"},
    DRIVER: {"zh-hans": "司机临时不能出车", "en": "the driver cannot drive on"},
    ROAD: {"zh-hans": "道路或卡口临时关闭", "en": "a road or gate is closed"},
    GOODS: {"zh-hans": "货品还没有备好", "en": "the goods are not ready yet"},
}


def words(because: str, language: str) -> str:
    """The reason in the resident's language; the plainest where nobody chose one."""
    said = SAID.get(because) or SAID[CHANGED]
    return said.get(language) or said["en"]
