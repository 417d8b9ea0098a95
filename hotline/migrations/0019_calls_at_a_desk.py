from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two million calls lie there, and the line goes on ringing while it is built."""

    atomic = False
    dependencies = [("hotline", "0018_state_triggers_name_their_column")]
    operations = [
        AddIndexConcurrently(
            model_name="call",
            index=models.Index(
                condition=models.Q(("state__in", ["offered", "ringing", "connected", "wrap_up"])),
                fields=["agent"],
                name="call_at_desk",
            ),
        ),
    ]
