"""What dispatch adds to the menu and to the pages of a case; called once when the app is ready."""

from django.utils.translation import gettext_lazy as _

from cases.desk import panels
from dispatch.delivery import panel as delivery
from dispatch.goods import panel as goods
from dispatch.roles import DISPATCH, EVERYBODY
from hotline import navigation

ON_THE_ROAD = _("Dispatch")
RESOURCES = _("Vehicles and goods")


def register() -> None:
    """Pages of the menu by role, and the panels of a case: finding its goods, and its delivery."""
    panels.register(panels.FIND_GOODS, _("Goods"), goods.render)
    panels.register("delivery", _("Delivery"), delivery.render)
    navigation.add(ON_THE_ROAD, _("Dispatch"), "dispatch:board", "local_shipping", DISPATCH)
    navigation.add(ON_THE_ROAD, _("Resources"), "dispatch:resources", "garage", DISPATCH)
    navigation.add(ON_THE_ROAD, _("Goods looked for"), "dispatch:goods-list", "inventory", EVERYBODY)
    navigation.add(ON_THE_ROAD, _("Drivers at work"), "dispatch:crew", "group", DISPATCH)
    navigation.add(ON_THE_ROAD, _("Capacity"), "dispatch:capacity", "speed", DISPATCH)
    navigation.add(ON_THE_ROAD, _("Figures of the road"), "dispatch:figures", "query_stats", DISPATCH)
    for title, model, icon, roles in (
        (_("Trips"), "trip", "route", DISPATCH),
        (_("Plans"), "plan", "account_tree", DISPATCH),
        (_("Pickup points"), "pickuppoint", "local_pharmacy", EVERYBODY),
        (_("Goods asked for"), "sourcing", "inventory_2", EVERYBODY),
        (_("Vehicles"), "vehicle", "directions_car", DISPATCH),
        (_("Fleets"), "fleet", "workspaces", DISPATCH),
        (_("Drivers"), "driver", "badge", DISPATCH),
        (_("Loans of fleets"), "fleetloan", "swap_horiz", DISPATCH),
        (_("Times out of service"), "vehicleoutage", "build", DISPATCH),
        (_("Zone orders"), "zoneorder", "do_not_disturb_on", DISPATCH),
        (_("Shifts"), "shift", "calendar_clock", DISPATCH),
        (_("Permits"), "permit", "verified", DISPATCH),
        (_("Test certificates"), "testcertificate", "vaccines", DISPATCH),
    ):
        section = ON_THE_ROAD if model in ("trip", "plan") else RESOURCES
        navigation.add(section, title, f"admin:dispatch_{model}_changelist", icon, roles)
