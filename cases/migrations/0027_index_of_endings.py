"""The index by which the quality sample and retention find what ended when."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # made beside the running system

    dependencies = [("cases", "0026_views_limits_quality_and_retention")]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['closed_at'], name='case_ended_at'),
        ),
    ]
