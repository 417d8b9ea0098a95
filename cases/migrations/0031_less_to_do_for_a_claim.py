"""A claim writes into two indexes less, and its statement need not parse the condition of a trigger that it cannot meet."""

from django.db import migrations, models

# the same condition; the columns are what PostgreSQL looks at before it parses one
SEARCH_CHANGED = """
drop trigger search_changed on cases_case;
create trigger search_changed after update {of} on cases_case for each row
    when (old.words is distinct from new.words or old.person_id is distinct from new.person_id
        or old.reporter_id is distinct from new.reporter_id or old.address_id is distinct from new.address_id
        or old.district_id is distinct from new.district_id
        or old.level <> new.level or old.category_id is distinct from new.category_id
        or (old.state in ('closed', 'cancelled', 'duplicate', 'unmet'))
            <> (new.state in ('closed', 'cancelled', 'duplicate', 'unmet')))
    execute function cases_search_case();
"""
OF = "of words, person_id, reporter_id, address_id, district_id, level, category_id, state"


class Migration(migrations.Migration):
    dependencies = [("cases", "0030_state_triggers_name_their_column")]

    operations = [
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("intake_key__isnull", False)), fields=("intake_key",), name="case_once_per_intake_key"
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="intake_key",
            field=models.CharField(blank=True, max_length=80, null=True, verbose_name="made once per"),
        ),
        migrations.RunSQL(SEARCH_CHANGED.format(of=OF), SEARCH_CHANGED.format(of="")),
    ]
