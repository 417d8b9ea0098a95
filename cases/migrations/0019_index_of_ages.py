"""The index by which the queue review and the wall count what has been in its state too long."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # made beside the running system

    dependencies = [("cases", "0018_days_targets_and_ages")]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ('closed', 'cancelled', 'duplicate', 'unmet')), _negated=True), fields=['state', 'level', 'state_since'], name='case_open_state_age'),
        ),
    ]
