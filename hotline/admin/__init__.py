"""The admin of the line. What other packages register of their own accord, without roles, is taken out again."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django_celery_beat import models as beat
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from hotline.admin import call, line, message, recording, webhook
from hotline.admin import user as user_admin

for model in (
    Group,
    beat.ClockedSchedule,
    beat.CrontabSchedule,
    beat.IntervalSchedule,
    beat.PeriodicTask,
    beat.SolarSchedule,
    StaticDevice,  # keys and codes are nobody's to read
    TOTPDevice,
):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

__all__ = ["call", "line", "message", "recording", "user_admin", "webhook"]
