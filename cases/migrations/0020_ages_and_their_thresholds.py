"""Since when open cases are in their state, and the thresholds to begin with. Data only."""

from django.db import migrations

FINAL = "('closed', 'cancelled', 'duplicate', 'unmet')"
SINCE = f"""
    update cases_case c set state_since = coalesce(
        (select max(t.at) from cases_transition t where t.case_id = c.id and t.from_state <> t.to_state), c.created_at)
    where c.state not in {FINAL}
"""
HOUR, DAY = 60, 24 * 60
# (state, level, look at it, too long), in minutes; the same magnitude as the targets of docs/triage.md
STARTING = [
    ("new", 1, 5, 15),
    ("new", 2, 30, HOUR),
    ("new", None, 12 * HOUR, DAY),
    ("triaged", 1, 30, HOUR),
    ("triaged", 2, 2 * HOUR, 4 * HOUR),
    ("triaged", None, DAY, 2 * DAY),
    ("sourcing", 1, HOUR, 2 * HOUR),
    ("sourcing", 2, 4 * HOUR, 8 * HOUR),
    ("sourcing", None, DAY, 2 * DAY),
    ("ready", 1, 2 * HOUR, 4 * HOUR),
    ("ready", 2, 12 * HOUR, DAY),
    ("ready", None, 2 * DAY, 4 * DAY),
    ("planned", None, 12 * HOUR, DAY),
    ("en_route", None, 4 * HOUR, 8 * HOUR),
    ("delivered", None, 2 * DAY, 3 * DAY),
    ("follow_up", None, 2 * DAY, 4 * DAY),
    ("on_hold", None, 3 * DAY, 7 * DAY),
]


def thresholds(apps, schema_editor):
    AgeThreshold = apps.get_model("cases", "AgeThreshold")
    AgeThreshold.objects.bulk_create(
        [AgeThreshold(state=s, level=n, warn_minutes=warn, alert_minutes=alert) for s, n, warn, alert in STARTING],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_index_of_ages")]

    operations = [
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
        migrations.RunPython(thresholds, migrations.RunPython.noop),
    ]
