"""The wall counts the calls of today from their index alone."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # indexes are made beside the running system

    dependencies = [
        ("hotline", "0010_transfers_that_hold_and_emergencies"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="call",
            index=models.Index(
                fields=["started_at"],
                include=("direction", "state", "waiting_since", "connected_at"),
                name="call_started_counted",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="call",
            name="call_started",
        ),
    ]
