"""What came in lately from a district and is open, without reading what is settled."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made beside the running system
    dependencies = [("cases", "0020_ages_and_their_thresholds")]
    operations = [
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=["district", "-created_at"],
                condition=models.Q(("state__in", ("closed", "cancelled", "duplicate", "unmet")), _negated=True),
                name="case_open_lately",
            ),
        )
    ]
