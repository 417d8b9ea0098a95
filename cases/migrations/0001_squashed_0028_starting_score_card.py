"""The schema in one step. A database that has applied what is listed under `replaces` has nothing to do."""

from django.conf import settings
from django.db import migrations, models
import datetime
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import phonenumber_field.modelfields
import simple_history.models

# The database keeps the search document of every case itself: whoever writes, it is never stale.
SEARCH = r"""
-- the lexemes of what somebody wrote: Latin words and numbers whole, Chinese in pairs of signs, the last sign alone too
create function cases_lexemes(said text) returns setof text immutable parallel safe strict language sql as $$
    select left(found[1], 100)
    from regexp_matches(lower(normalize(left(said, 8000), NFKC)), '[a-z0-9]+', 'g') found
    union all
    select substr(found[1], n, 2)
    from regexp_matches(normalize(left(said, 8000), NFKC), '[\u3400-\u9fff]+', 'g') found,
         generate_series(1, length(found[1])) n
$$;

create function cases_search_of(wanted bigint) returns tsvector stable parallel safe language sql as $$
    select array_to_tsvector(array(
        select distinct lexeme from (
            select cases_lexemes(concat_ws(' ', c.words, p.name, r.name, a.said, a.street, a.building, a.room,
                m.name, m.street, d.name, d.name_en)) as lexeme
            from cases_case c
            join cases_resident p on p.id = c.person_id
            left join cases_resident r on r.id = c.reporter_id
            left join cases_address a on a.id = c.address_id
            left join cases_community m on m.id = a.community_id
            left join cases_district d on d.id = coalesce(c.district_id, a.district_id)
            where c.id = wanted
            union all
            select cases_lexemes(concat_ws(' ', item, brand, specification)) from cases_need where case_id = wanted
            union all
            select cases_lexemes(text) from cases_note where case_id = wanted
            union all
            select '#' || (100000 + wanted)
            union all
            select '*open' from cases_case
            where id = wanted and state not in ('closed', 'cancelled', 'duplicate', 'unmet')
            union all
            select unnest(array['*l' || level, '*c' || category_id, '*d' || district_id]) from cases_case where id = wanted

            union all
            select 'tel' || reverse(ltrim(t.number, '+'))
            from cases_phone t join cases_case c on t.resident_id in (c.person_id, c.reporter_id)
            where c.id = wanted
        ) found where lexeme is not null
    ))
$$;

create function cases_search_write(wanted bigint) returns void language sql as $$
    insert into cases_searchdocument (case_id, words) select id, cases_search_of(id) from cases_case where id = wanted
    on conflict (case_id) do update set words = excluded.words
    where cases_searchdocument.words is distinct from excluded.words
$$;

create function cases_search_case() returns trigger language plpgsql as $$ begin
    if tg_op = 'DELETE' then
        delete from cases_searchdocument where case_id = old.id;
    else
        perform cases_search_write(new.id);
    end if;
    return null;
end $$;

create function cases_search_part() returns trigger language plpgsql as $$ begin
    perform cases_search_write(case when tg_op = 'DELETE' then old.case_id else new.case_id end);
    return null;
end $$;

create function cases_search_phone() returns trigger language plpgsql as $$ begin
    perform cases_search_write(id) from cases_case
    where case when tg_op = 'DELETE' then old.resident_id else new.resident_id end in (person_id, reporter_id);
    return null;
end $$;

create function cases_search_resident() returns trigger language plpgsql as $$ begin
    perform cases_search_write(id) from cases_case where person_id = new.id or reporter_id = new.id;
    return null;
end $$;

create function cases_search_address() returns trigger language plpgsql as $$ begin
    perform cases_search_write(id) from cases_case where address_id = new.id;
    return null;
end $$;

create function cases_search_community() returns trigger language plpgsql as $$ begin
    perform cases_search_write(c.id) from cases_case c join cases_address a on a.id = c.address_id
    where a.community_id = new.id;
    return null;
end $$;

create trigger search_new after insert or delete on cases_case for each row execute function cases_search_case();
create trigger search_changed after update on cases_case for each row
    when (old.words is distinct from new.words or old.person_id is distinct from new.person_id
        or old.reporter_id is distinct from new.reporter_id or old.address_id is distinct from new.address_id
        or old.district_id is distinct from new.district_id
        or old.level <> new.level or old.category_id is distinct from new.category_id
        or (old.state in ('closed', 'cancelled', 'duplicate', 'unmet'))
            <> (new.state in ('closed', 'cancelled', 'duplicate', 'unmet')))
    execute function cases_search_case();
create trigger search_need after insert or update or delete on cases_need
    for each row execute function cases_search_part();
create trigger search_note after insert or update or delete on cases_note
    for each row execute function cases_search_part();
create trigger search_phone after insert or update or delete on cases_phone
    for each row execute function cases_search_phone();
create trigger search_resident after update on cases_resident for each row
    when (old.name is distinct from new.name) execute function cases_search_resident();
create trigger search_address after update on cases_address for each row
    when ((old.said, old.street, old.building, old.room, old.community_id, old.district_id)
        is distinct from (new.said, new.street, new.building, new.room, new.community_id, new.district_id))
    execute function cases_search_address();
create trigger search_community after update on cases_community for each row
    when ((old.name, old.street) is distinct from (new.name, new.street)) execute function cases_search_community();
"""
NO_SEARCH = """
drop trigger search_new on cases_case;
drop trigger search_changed on cases_case;
drop trigger search_need on cases_need;
drop trigger search_note on cases_note;
drop trigger search_phone on cases_phone;
drop trigger search_resident on cases_resident;
drop trigger search_address on cases_address;
drop trigger search_community on cases_community;
drop function cases_search_case, cases_search_part, cases_search_phone, cases_search_resident, cases_search_address,
    cases_search_community, cases_search_write, cases_search_of, cases_lexemes;
"""
# an index tells what is there without a look at the table only where vacuum has been since the last change
VACUUMED_OFTEN = """
    alter table cases_case set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,
        autovacuum_vacuum_insert_scale_factor = 0.05, fillfactor = 90)
"""
NOT_SO_OFTEN = """
    alter table cases_case reset (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor,
        autovacuum_vacuum_insert_scale_factor, fillfactor)
"""
HOUR, DAY = 60, 24 * 60
# (state, level, look at it, too long), in minutes; the same magnitude as the targets of docs/triage.md
THRESHOLDS = [
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


def starting_thresholds(apps, schema_editor):
    AgeThreshold = apps.get_model("cases", "AgeThreshold")
    AgeThreshold.objects.bulk_create(
        [AgeThreshold(state=s, level=n, warn_minutes=warn, alert_minutes=alert) for s, n, warn, alert in THRESHOLDS],
        ignore_conflicts=True,
    )


# (in Chinese, in English, weight, critical)
CRITERIA = [
    ("有没有听完，没有打断？", "Was the person heard out?", 1, False),
    ("该问的都问了吗（还剩多少、谁在家、地址）？", "Was everything asked (what is left, who lives there, the address)?", 3, False),
    ("遇到危急情况，先让对方打 120 了吗？", "With a red flag, was 120 named first?", 3, True),
    ("等级和类别判得对吗？", "Are level and category right?", 2, False),
    ("说了实话：能不能、什么时候？", "Was the truth told: whether, and by when?", 3, False),
    ("答应的事做了吗？", "Was what was promised done?", 2, False),
    ("记录别人看得懂吗？", "Can a colleague follow what is written down?", 1, False),
]


def starting_score_card(apps, schema_editor):
    Criterion = apps.get_model("cases", "Criterion")
    if not Criterion.objects.exists():
        Criterion.objects.bulk_create(
            [
                Criterion(words=zh, words_en=en, weight=weight, critical=critical, order=10 * n)
                for n, (zh, en, weight, critical) in enumerate(CRITERIA, 1)
            ]
        )


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("cases", "0001_initial"),
        ("cases", "0002_initial"),
        ("cases", "0003_intake_drafts"),
        ("cases", "0004_paused_time"),
        ("cases", "0005_search_and_board"),
        ("cases", "0006_search_words"),
        ("cases", "0007_still_needed"),
        ("cases", "0008_referrals"),
        ("cases", "0009_prescriptions_on_their_way"),
        ("cases", "0010_partners"),
        ("cases", "0011_consent_of_givers"),
        ("cases", "0012_emergency_mode"),
        ("cases", "0013_files_in_and_out"),
        ("cases", "0014_groups_and_what_is_left_over"),
        ("cases", "0015_not_reached_today"),
        ("cases", "0016_counted_without_reading"),
        ("cases", "0017_search_by_facets"),
        ("cases", "0018_days_targets_and_ages"),
        ("cases", "0019_index_of_ages"),
        ("cases", "0020_ages_and_their_thresholds"),
        ("cases", "0021_open_lately"),
        ("cases", "0022_receivers"),
        ("cases", "0023_replies_looks_and_items"),
        ("cases", "0024_why_not_answered"),
        ("cases", "0025_practice"),
        ("cases", "0026_views_limits_quality_and_retention"),
        ("cases", "0027_index_of_endings"),
        ("cases", "0028_starting_score_card"),
    ]

    dependencies = [
        ("hotline", "0001_squashed_0016_calendars"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('group', models.CharField(choices=[('all', 'all'), ('category', 'category'), ('district', 'district'), ('level', 'level'), ('channel', 'came by')], max_length=10, verbose_name='by')),
                ('value', models.CharField(blank=True, max_length=20, verbose_name='value')),
                ('received', models.PositiveIntegerField(default=0, verbose_name='received')),
                ('met', models.PositiveIntegerField(default=0, verbose_name='met')),
                ('unmet', models.PositiveIntegerField(default=0, verbose_name='unmet')),
                ('cancelled', models.PositiveIntegerField(default=0, verbose_name='cancelled')),
                ('delivered', models.PositiveIntegerField(default=0, verbose_name='delivered')),
                ('promised', models.PositiveIntegerField(default=0, verbose_name='promised')),
                ('kept', models.PositiveIntegerField(default=0, verbose_name='promise kept')),
                ('contact_due', models.PositiveIntegerField(default=0)),
                ('contact_kept', models.PositiveIntegerField(default=0)),
                ('decide_due', models.PositiveIntegerField(default=0)),
                ('decide_kept', models.PositiveIntegerField(default=0)),
                ('deliver_due', models.PositiveIntegerField(default=0)),
                ('deliver_kept', models.PositiveIntegerField(default=0)),
                ('why_unmet', models.JSONField(default=dict, verbose_name='why unmet')),
                ('spans', models.JSONField(default=dict, verbose_name='lengths of time')),
                ('quantities', models.JSONField(default=dict, verbose_name='quantities')),
                ('counted_at', models.DateTimeField(auto_now_add=True, verbose_name='counted')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='case_days', to='hotline.line', verbose_name='line')),
            ],
            options={
                'verbose_name': 'day of cases',
                'verbose_name_plural': 'days of cases',
                'constraints': [models.UniqueConstraint(fields=('group', 'day', 'line', 'value'), name='case_day_once')],
            },
        ),
        migrations.CreateModel(
            name='CatalogueItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='item')),
                ('plain', models.CharField(editable=False, max_length=80, unique=True)),
                ('state', models.CharField(choices=[('candidate', 'candidate'), ('accepted', 'accepted'), ('merged', 'another name of'), ('refused', 'no item')], default='candidate', max_length=10, verbose_name='state')),
                ('means', models.CharField(blank=True, max_length=80, verbose_name='is another name of')),
                ('also', models.CharField(blank=True, max_length=300, verbose_name='other names, with commas')),
                ('group', models.CharField(blank=True, max_length=30, verbose_name='kind')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='usual unit')),
                ('specification', models.CharField(blank=True, max_length=80, verbose_name='usual strength')),
                ('cooling', models.BooleanField(default=False, verbose_name='needs cooling')),
                ('injected', models.BooleanField(default=False, verbose_name='injected')),
                ('controlled', models.BooleanField(default=False, verbose_name='controlled drug')),
                ('prescription', models.BooleanField(default=False, verbose_name='on prescription')),
                ('times', models.PositiveIntegerField(default=0, verbose_name='written so often')),
                ('first_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='first written')),
                ('last_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='last written')),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
            ],
            options={
                'verbose_name': 'item of the catalogue',
                'verbose_name_plural': 'item catalogue',
                'ordering': ['-times', 'name'],
                'indexes': [models.Index(fields=['state', '-times'], name='catalogue_by_use'), models.Index(fields=['changed_at'], name='catalogue_changed')],
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='short name')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=40, verbose_name='name in English')),
                ('spoken', models.CharField(blank=True, max_length=80, verbose_name='spoken in the menu')),
                ('spoken_en', models.CharField(blank=True, max_length=80, verbose_name='spoken in the menu, English')),
                ('menu_key', models.CharField(blank=True, max_length=1, verbose_name='menu key')),
                ('order', models.SmallIntegerField(default=100, verbose_name='order')),
                ('active_from', models.DateTimeField(default=django.utils.timezone.now, verbose_name='active from')),
                ('active_until', models.DateTimeField(blank=True, null=True, verbose_name='active until')),
                ('skill', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='categories', to='hotline.skill', verbose_name='skill')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['order', 'slug'],
                'constraints': [models.UniqueConstraint(condition=models.Q(models.Q(('menu_key', ''), _negated=True), ('active_until__isnull', True)), fields=('menu_key',), name='category_menu_key_once')],
            },
        ),
        migrations.CreateModel(
            name='ClaimCap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cases', models.PositiveSmallIntegerField(verbose_name='cases at once')),
                ('agent', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='claim_cap', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
            ],
            options={
                'verbose_name': 'limit of claims',
                'verbose_name_plural': 'limits of claims',
                'constraints': [models.UniqueConstraint(fields=('agent',), name='claim_cap_one_for_everybody', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('cases__gte', 1)), name='claim_cap_of_one_or_more')],
            },
        ),
        migrations.CreateModel(
            name='CountedUpTo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transition', models.BigIntegerField(default=0, verbose_name='transition')),
            ],
            options={
                'verbose_name': 'counted up to',
                'verbose_name_plural': 'counted up to',
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=200, verbose_name='question')),
                ('words_en', models.CharField(blank=True, max_length=200, verbose_name='question in English')),
                ('weight', models.PositiveSmallIntegerField(default=1, verbose_name='weight')),
                ('critical', models.BooleanField(default=False, verbose_name='failing it fails the card')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('order', models.SmallIntegerField(default=100, verbose_name='order')),
            ],
            options={
                'verbose_name': 'criterion of quality',
                'verbose_name_plural': 'criteria of quality',
                'ordering': ['order', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('weight__gte', 1)), name='criterion_weighs_something')],
            },
        ),
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('export', 'handed out'), ('erased', 'taken away on request'), ('expired', 'taken away after its time')], max_length=10, verbose_name='what')),
                ('resident_id', models.BigIntegerField(db_index=True, verbose_name='resident')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('counts', models.JSONField(default=dict, verbose_name='how many')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': "request about a person's data",
                'verbose_name_plural': "requests about a person's data",
                'constraints': [models.CheckConstraint(condition=models.Q(('what', 'expired'), models.Q(('reason', ''), _negated=True), _connector='OR'), name='data_request_by_somebody_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='DayToCount',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False, verbose_name='day')),
            ],
            options={
                'verbose_name': 'day to count',
                'verbose_name_plural': 'days to count',
            },
        ),
        migrations.CreateModel(
            name='District',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='short name')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=40, verbose_name='name in English')),
                ('city', models.CharField(default='shanghai', max_length=40, verbose_name='city')),
                ('lon', models.FloatField(verbose_name='longitude of the centre')),
                ('lat', models.FloatField(verbose_name='latitude of the centre')),
                ('outline', models.JSONField(blank=True, default=list, verbose_name='outline')),
                ('borders', models.ManyToManyField(blank=True, to='cases.district', verbose_name='borders on')),
            ],
            options={
                'verbose_name': 'district',
                'verbose_name_plural': 'districts',
                'ordering': ['name_en', 'slug'],
            },
        ),
        migrations.CreateModel(
            name='EmergencyMode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('settings', models.JSONField(default=dict, verbose_name='settings')),
                ('begins_at', models.DateTimeField(verbose_name='in force from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='in force until')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='switched off')),
                ('counted_in', models.BooleanField(default=False, editable=False)),
                ('counted_out', models.BooleanField(default=False, editable=False)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='switched off by')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='emergency_modes', to='hotline.line', verbose_name='line')),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='switched on by')),
            ],
            options={
                'verbose_name': 'emergency mode',
                'verbose_name_plural': 'emergency modes',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('line',), name='emergency_mode_one_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30, verbose_name='kind')),
                ('format', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel')], default='csv', max_length=5, verbose_name='format')),
                ('filters', models.JSONField(blank=True, default=dict, verbose_name='only')),
                ('unmasked', models.BooleanField(default=False, verbose_name='with whole names and numbers')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('state', models.CharField(choices=[('waiting', 'waits'), ('writing', 'is being written'), ('done', 'done'), ('failed', 'not possible'), ('gone', 'deleted')], default='waiting', max_length=10, verbose_name='state')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='rows in all')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows written')),
                ('position', models.BigIntegerField(default=0, verbose_name='position')),
                ('size', models.BigIntegerField(default=0, verbose_name='bytes')),
                ('file', models.FileField(blank=True, upload_to='exports/%Y/%m/', verbose_name='file')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('leased_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('delete_after', models.DateTimeField(blank=True, null=True, verbose_name='deleted after')),
                ('fetched', models.PositiveIntegerField(default=0, verbose_name='fetched so often')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
            ],
            options={
                'verbose_name': 'export',
                'verbose_name_plural': 'exports',
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'writing'])), fields=['id'], name='export_to_write'), models.Index(condition=models.Q(('state', 'done')), fields=['delete_after'], name='export_to_delete')],
                'constraints': [models.CheckConstraint(condition=models.Q(('unmasked', False), models.Q(('reason', ''), _negated=True), _connector='OR'), name='export_of_personal_data_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalAgeThreshold',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('state', models.CharField(choices=[('new', 'new'), ('triaged', 'triaged'), ('sourcing', 'sourcing'), ('ready', 'ready'), ('planned', 'planned'), ('en_route', 'on its way'), ('delivered', 'delivered'), ('follow_up', 'follow-up'), ('on_hold', 'on hold')], max_length=10, verbose_name='state')),
                ('level', models.SmallIntegerField(blank=True, choices=[(1, '1'), (2, '2'), (3, '3'), (4, '4'), (5, '5')], null=True, verbose_name='level')),
                ('warn_minutes', models.PositiveIntegerField(verbose_name='look at it after minutes')),
                ('alert_minutes', models.PositiveIntegerField(verbose_name='too long after minutes')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical threshold of age',
                'verbose_name_plural': 'historical thresholds of age',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalCatalogueItem',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='item')),
                ('plain', models.CharField(db_index=True, editable=False, max_length=80)),
                ('state', models.CharField(choices=[('candidate', 'candidate'), ('accepted', 'accepted'), ('merged', 'another name of'), ('refused', 'no item')], default='candidate', max_length=10, verbose_name='state')),
                ('means', models.CharField(blank=True, max_length=80, verbose_name='is another name of')),
                ('also', models.CharField(blank=True, max_length=300, verbose_name='other names, with commas')),
                ('group', models.CharField(blank=True, max_length=30, verbose_name='kind')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='usual unit')),
                ('specification', models.CharField(blank=True, max_length=80, verbose_name='usual strength')),
                ('cooling', models.BooleanField(default=False, verbose_name='needs cooling')),
                ('injected', models.BooleanField(default=False, verbose_name='injected')),
                ('controlled', models.BooleanField(default=False, verbose_name='controlled drug')),
                ('prescription', models.BooleanField(default=False, verbose_name='on prescription')),
                ('first_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='first written')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical item of the catalogue',
                'verbose_name_plural': 'historical item catalogue',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalCategory',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField(verbose_name='short name')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=40, verbose_name='name in English')),
                ('spoken', models.CharField(blank=True, max_length=80, verbose_name='spoken in the menu')),
                ('spoken_en', models.CharField(blank=True, max_length=80, verbose_name='spoken in the menu, English')),
                ('menu_key', models.CharField(blank=True, max_length=1, verbose_name='menu key')),
                ('order', models.SmallIntegerField(default=100, verbose_name='order')),
                ('active_from', models.DateTimeField(default=django.utils.timezone.now, verbose_name='active from')),
                ('active_until', models.DateTimeField(blank=True, null=True, verbose_name='active until')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('skill', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.skill', verbose_name='skill')),
            ],
            options={
                'verbose_name': 'historical category',
                'verbose_name_plural': 'historical categories',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalClaimCap',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('cases', models.PositiveSmallIntegerField(verbose_name='cases at once')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('agent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical limit of claims',
                'verbose_name_plural': 'historical limits of claims',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalCriterion',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('words', models.CharField(max_length=200, verbose_name='question')),
                ('words_en', models.CharField(blank=True, max_length=200, verbose_name='question in English')),
                ('weight', models.PositiveSmallIntegerField(default=1, verbose_name='weight')),
                ('critical', models.BooleanField(default=False, verbose_name='failing it fails the card')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('order', models.SmallIntegerField(default=100, verbose_name='order')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical criterion of quality',
                'verbose_name_plural': 'historical criteria of quality',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalEmergencyMode',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('settings', models.JSONField(default=dict, verbose_name='settings')),
                ('begins_at', models.DateTimeField(verbose_name='in force from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='in force until')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='switched off')),
                ('counted_in', models.BooleanField(default=False, editable=False)),
                ('counted_out', models.BooleanField(default=False, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('ended_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='switched off by')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.line', verbose_name='line')),
                ('started_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='switched on by')),
            ],
            options={
                'verbose_name': 'historical emergency mode',
                'verbose_name_plural': 'historical emergency modes',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalIntakeField',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('field', models.CharField(db_index=True, max_length=20, verbose_name='field')),
                ('shown', models.BooleanField(default=True, verbose_name='shown')),
                ('before', models.CharField(blank=True, choices=[('', 'never'), ('source', 'before the goods are looked for'), ('make_ready', 'before dispatch gets it')], max_length=10, verbose_name='has to be filled in')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical field of the intake form',
                'verbose_name_plural': 'historical fields of the intake form',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalLevelLook',
            fields=[
                ('level', models.SmallIntegerField(choices=[(1, '1'), (2, '2'), (3, '3'), (4, '4'), (5, '5')], db_index=True, verbose_name='level')),
                ('word', models.CharField(max_length=12, verbose_name='word')),
                ('word_en', models.CharField(max_length=20, verbose_name='word in English')),
                ('colour', models.CharField(max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$', 'a colour is written #b8202a')], verbose_name='colour')),
                ('sound', models.CharField(choices=[('none', 'no sound'), ('soft', 'soft'), ('plain', 'two tones'), ('urgent', 'higher and quicker')], default='plain', max_length=10, verbose_name='sound of a ringing call')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical look of a level',
                'verbose_name_plural': 'historical looks of the levels',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPartner',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('slug', models.SlugField(verbose_name='short name')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('per_minute', models.PositiveIntegerField(default=120, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(6000)], verbose_name='requests a minute')),
                ('webhook_url', models.CharField(blank=True, help_text='told of every move of their cases; empty: they ask by themselves', max_length=300, validators=[django.core.validators.URLValidator(schemes=['http', 'https'])], verbose_name='webhook')),
                ('secret_version', models.PositiveIntegerField(default=1, verbose_name="version of the webhook's secret")),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.line', verbose_name='line')),
            ],
            options={
                'verbose_name': 'historical partner',
                'verbose_name_plural': 'historical partners',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalRetentionPolicy',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('days', models.PositiveIntegerField(verbose_name='days after the last case has ended')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.line', verbose_name='line')),
            ],
            options={
                'verbose_name': 'historical retention',
                'verbose_name_plural': 'historical retention',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalSamplePlan',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('per_agent', models.PositiveSmallIntegerField(default=3, verbose_name='cases per agent and week')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical plan of the sample',
                'verbose_name_plural': 'historical plan of the sample',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30, verbose_name='kind')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('name', models.CharField(max_length=150, verbose_name='name of the file')),
                ('file', models.FileField(upload_to='imports/%Y/%m/', verbose_name='file')),
                ('rows', models.FileField(blank=True, upload_to='imports/%Y/%m/', verbose_name='rows')),
                ('encoding', models.CharField(blank=True, max_length=20, verbose_name='encoding')),
                ('titles', models.JSONField(default=list, verbose_name='titles')),
                ('columns', models.JSONField(default=list, verbose_name='columns')),
                ('tell', models.BooleanField(default=False, verbose_name='send receipts')),
                ('state', models.CharField(choices=[('reading', 'is being read'), ('checking', 'is being checked'), ('checked', 'checked'), ('running', 'is being taken in'), ('done', 'done'), ('refused', 'cannot be read'), ('dropped', 'put away')], default='reading', max_length=10, verbose_name='state')),
                ('why', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='rows in the file')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='rows looked at')),
                ('good', models.PositiveIntegerField(default=0, verbose_name='good')),
                ('known', models.PositiveIntegerField(default=0, verbose_name='there already')),
                ('failed', models.PositiveIntegerField(default=0, verbose_name='with a fault')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='handed in')),
                ('begun_at', models.DateTimeField(blank=True, null=True, verbose_name='yes said')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to=settings.AUTH_USER_MODEL, verbose_name='handed in by')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='hotline.line', verbose_name='line')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'indexes': [models.Index(condition=models.Q(('state__in', ['reading', 'checking', 'running'])), fields=['id'], name='import_to_work_on')],
            },
        ),
        migrations.CreateModel(
            name='IntakeField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=20, unique=True, verbose_name='field')),
                ('shown', models.BooleanField(default=True, verbose_name='shown')),
                ('before', models.CharField(blank=True, choices=[('', 'never'), ('source', 'before the goods are looked for'), ('make_ready', 'before dispatch gets it')], max_length=10, verbose_name='has to be filled in')),
            ],
            options={
                'verbose_name': 'field of the intake form',
                'verbose_name_plural': 'fields of the intake form',
                'ordering': ['field'],
                'constraints': [models.CheckConstraint(condition=models.Q(('shown', True), ('before', ''), _connector='OR'), name='intake_field_asked_for_is_shown')],
            },
        ),
        migrations.CreateModel(
            name='LevelLook',
            fields=[
                ('level', models.SmallIntegerField(choices=[(1, '1'), (2, '2'), (3, '3'), (4, '4'), (5, '5')], primary_key=True, serialize=False, verbose_name='level')),
                ('word', models.CharField(max_length=12, verbose_name='word')),
                ('word_en', models.CharField(max_length=20, verbose_name='word in English')),
                ('colour', models.CharField(max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$', 'a colour is written #b8202a')], verbose_name='colour')),
                ('sound', models.CharField(choices=[('none', 'no sound'), ('soft', 'soft'), ('plain', 'two tones'), ('urgent', 'higher and quicker')], default='plain', max_length=10, verbose_name='sound of a ringing call')),
            ],
            options={
                'verbose_name': 'look of a level',
                'verbose_name_plural': 'looks of the levels',
                'ordering': ['level'],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__gte', 1), ('level__lte', 5)), name='level_look_of_a_level'), models.CheckConstraint(condition=models.Q(models.Q(('word', ''), _negated=True), models.Q(('word_en', ''), _negated=True)), name='level_look_has_words')],
            },
        ),
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='short name')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('per_minute', models.PositiveIntegerField(default=120, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(6000)], verbose_name='requests a minute')),
                ('webhook_url', models.CharField(blank=True, help_text='told of every move of their cases; empty: they ask by themselves', max_length=300, validators=[django.core.validators.URLValidator(schemes=['http', 'https'])], verbose_name='webhook')),
                ('secret_version', models.PositiveIntegerField(default=1, verbose_name="version of the webhook's secret")),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partners', to='hotline.line', verbose_name='line')),
            ],
            options={
                'verbose_name': 'partner',
                'verbose_name_plural': 'partners',
            },
        ),
        migrations.CreateModel(
            name='PersonalDataAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=40, verbose_name='what')),
                ('case_id', models.BigIntegerField(blank=True, null=True, verbose_name='case')),
                ('resident_id', models.BigIntegerField(blank=True, null=True, verbose_name='resident')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'access to personal data',
                'verbose_name_plural': 'accesses to personal data',
                'indexes': [models.Index(fields=['case_id', '-id'], name='personal_data_access_of_case')],
            },
        ),
        migrations.CreateModel(
            name='PracticeShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(auto_now_add=True, verbose_name='started')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('is_open', models.BooleanField(default=True, verbose_name='open')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practice_shifts_led', to=settings.AUTH_USER_MODEL, verbose_name='led by')),
                ('trainees', models.ManyToManyField(related_name='practice_shifts', to=settings.AUTH_USER_MODEL, verbose_name='trainees')),
            ],
            options={
                'verbose_name': 'practice shift',
                'verbose_name_plural': 'practice shifts',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('is_open',), name='one_open_practice_shift')],
            },
        ),
        migrations.CreateModel(
            name='RetentionPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.PositiveIntegerField(verbose_name='days after the last case has ended')),
                ('line', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='retention', to='hotline.line', verbose_name='line')),
            ],
            options={
                'verbose_name': 'retention',
                'verbose_name_plural': 'retention',
                'constraints': [models.CheckConstraint(condition=models.Q(('days__gte', 30)), name='retention_of_a_month_or_more')],
            },
        ),
        migrations.CreateModel(
            name='SampledWeek',
            fields=[
                ('monday', models.DateField(primary_key=True, serialize=False, verbose_name='week of')),
                ('drawn_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='drawn')),
            ],
            options={
                'verbose_name': 'sampled week',
                'verbose_name_plural': 'sampled weeks',
            },
        ),
        migrations.CreateModel(
            name='SamplePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('per_agent', models.PositiveSmallIntegerField(default=3, verbose_name='cases per agent and week')),
            ],
            options={
                'verbose_name': 'plan of the sample',
                'verbose_name_plural': 'plan of the sample',
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('shared', models.BooleanField(default=False, verbose_name='shared')),
                ('filters', models.JSONField(default=dict, verbose_name='filters')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='saved_view_name_once_per_owner')],
            },
        ),
        migrations.CreateModel(
            name='AgeThreshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('new', 'new'), ('triaged', 'triaged'), ('sourcing', 'sourcing'), ('ready', 'ready'), ('planned', 'planned'), ('en_route', 'on its way'), ('delivered', 'delivered'), ('follow_up', 'follow-up'), ('on_hold', 'on hold')], max_length=10, verbose_name='state')),
                ('level', models.SmallIntegerField(blank=True, choices=[(1, '1'), (2, '2'), (3, '3'), (4, '4'), (5, '5')], null=True, verbose_name='level')),
                ('warn_minutes', models.PositiveIntegerField(verbose_name='look at it after minutes')),
                ('alert_minutes', models.PositiveIntegerField(verbose_name='too long after minutes')),
            ],
            options={
                'verbose_name': 'threshold of age',
                'verbose_name_plural': 'thresholds of age',
                'ordering': ['state', 'level'],
                'constraints': [models.UniqueConstraint(fields=('state', 'level'), name='age_threshold_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('warn_minutes__lt', models.F('alert_minutes'))), name='age_threshold_warns_first')],
            },
        ),
        migrations.CreateModel(
            name='CannedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=40, verbose_name='name in English')),
                ('body', models.TextField(max_length=500, verbose_name='text, Chinese')),
                ('body_en', models.TextField(blank=True, max_length=500, verbose_name='text, English')),
                ('then', models.CharField(blank=True, choices=[('', 'nothing more'), ('hold', 'hold a day for the resident'), ('photo', 'hold a day for the photo, with the link'), ('still_needed', 'ask whether it is still needed')], max_length=15, verbose_name='and then')),
                ('order', models.SmallIntegerField(default=100, verbose_name='order')),
                ('active', models.BooleanField(default=True, verbose_name='in use')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='canned_replies', to='cases.category', verbose_name='category')),
            ],
            options={
                'verbose_name': 'canned reply',
                'verbose_name_plural': 'canned replies',
                'ordering': ['order', 'id'],
                'constraints': [models.UniqueConstraint(fields=('name', 'category'), name='canned_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='CategoryVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('rules', models.JSONField(default=dict, verbose_name='rules')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='cases.category', verbose_name='category')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'version of a category',
                'verbose_name_plural': 'versions of categories',
                'ordering': ['category', '-version'],
                'constraints': [models.UniqueConstraint(fields=('category', 'version'), name='category_version_once')],
            },
        ),
        migrations.CreateModel(
            name='Community',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('street', models.CharField(blank=True, max_length=80, verbose_name='street')),
                ('lon', models.FloatField(verbose_name='longitude')),
                ('lat', models.FloatField(verbose_name='latitude')),
                ('zone_tier', models.CharField(blank=True, choices=[('lockdown', 'lockdown zone'), ('control', 'control zone'), ('precaution', 'precaution zone'), ('', 'not known')], max_length=10, verbose_name='zone tier')),
                ('gate_contact', models.CharField(blank=True, max_length=60, verbose_name='gate contact')),
                ('gate_phone', models.CharField(blank=True, max_length=30, verbose_name='gate telephone')),
                ('committee_phone', models.CharField(blank=True, max_length=30, verbose_name='committee telephone')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='communities', to='cases.district', verbose_name='district')),
            ],
            options={
                'verbose_name': 'community',
                'verbose_name_plural': 'communities',
                'constraints': [models.UniqueConstraint(fields=('district', 'name'), name='community_once_per_district')],
            },
        ),
        migrations.CreateModel(
            name='DefaultView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='default_view', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('view', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='defaults', to='cases.savedview', verbose_name='saved view')),
            ],
            options={
                'verbose_name': 'default view',
                'verbose_name_plural': 'default views',
            },
        ),
        migrations.CreateModel(
            name='HistoricalCannedReply',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=40, verbose_name='name in English')),
                ('body', models.TextField(max_length=500, verbose_name='text, Chinese')),
                ('body_en', models.TextField(blank=True, max_length=500, verbose_name='text, English')),
                ('then', models.CharField(blank=True, choices=[('', 'nothing more'), ('hold', 'hold a day for the resident'), ('photo', 'hold a day for the photo, with the link'), ('still_needed', 'ask whether it is still needed')], max_length=15, verbose_name='and then')),
                ('order', models.SmallIntegerField(default=100, verbose_name='order')),
                ('active', models.BooleanField(default=True, verbose_name='in use')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('category', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.category', verbose_name='category')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical canned reply',
                'verbose_name_plural': 'historical canned replies',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalCommunity',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('street', models.CharField(blank=True, max_length=80, verbose_name='street')),
                ('lon', models.FloatField(verbose_name='longitude')),
                ('lat', models.FloatField(verbose_name='latitude')),
                ('zone_tier', models.CharField(blank=True, choices=[('lockdown', 'lockdown zone'), ('control', 'control zone'), ('precaution', 'precaution zone'), ('', 'not known')], max_length=10, verbose_name='zone tier')),
                ('gate_contact', models.CharField(blank=True, max_length=60, verbose_name='gate contact')),
                ('gate_phone', models.CharField(blank=True, max_length=30, verbose_name='gate telephone')),
                ('committee_phone', models.CharField(blank=True, max_length=30, verbose_name='committee telephone')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('district', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.district', verbose_name='district')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical community',
                'verbose_name_plural': 'historical communities',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ImportFault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField(verbose_name='row')),
                ('cells', models.JSONField(default=list, verbose_name='cells')),
                ('faults', models.JSONField(default=list, verbose_name='faults')),
                ('imported', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='faults', to='cases.import', verbose_name='import')),
            ],
            options={
                'verbose_name': 'fault of an import',
                'verbose_name_plural': 'faults of imports',
                'ordering': ['imported', 'row'],
                'constraints': [models.UniqueConstraint(fields=('imported', 'row'), name='import_fault_once_per_row')],
            },
        ),
        migrations.CreateModel(
            name='PartnerToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='what for')),
                ('scopes', models.JSONField(default=list, verbose_name='may')),
                ('beginning', models.CharField(editable=False, max_length=12, verbose_name='begins with')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='good until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last used')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='cases.partner', verbose_name='partner')),
            ],
            options={
                'verbose_name': "partner's key",
                'verbose_name_plural': "partners' keys",
            },
        ),
        migrations.CreateModel(
            name='PracticeCaller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('words', models.TextField(verbose_name='words')),
                ('wanted', models.CharField(max_length=50, verbose_name='asks for')),
                ('level', models.SmallIntegerField(verbose_name='level')),
                ('dialled_at', models.DateTimeField(blank=True, null=True, verbose_name='dialled')),
                ('answered_seconds', models.FloatField(blank=True, null=True, verbose_name='seconds to answer')),
                ('handed_in_at', models.DateTimeField(blank=True, null=True, verbose_name='handed in')),
                ('filled', models.JSONField(default=list, verbose_name='fields filled')),
                ('missing', models.JSONField(default=list, verbose_name='fields not filled')),
                ('given_level', models.SmallIntegerField(blank=True, null=True, verbose_name='level given')),
                ('given_category', models.CharField(blank=True, max_length=50, verbose_name='category given')),
                ('call', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='practice_caller', to='hotline.call', verbose_name='call')),
                ('trainee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='practice_callers', to=settings.AUTH_USER_MODEL, verbose_name='trainee')),
                ('shift', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='callers', to='cases.practiceshift', verbose_name='shift')),
            ],
            options={
                'verbose_name': 'caller of a practice shift',
                'verbose_name_plural': 'callers of practice shifts',
                'ordering': ['shift', 'position'],
                'constraints': [models.UniqueConstraint(fields=('shift', 'position'), name='practice_caller_once'), models.CheckConstraint(condition=models.Q(('number__startswith', '+8600')), name='practice_numbers_are_nobodys')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(blank=True, max_length=300, verbose_name='as said')),
                ('street', models.CharField(blank=True, max_length=120, verbose_name='street')),
                ('building', models.CharField(blank=True, max_length=30, verbose_name='building')),
                ('room', models.CharField(blank=True, max_length=30, verbose_name='room')),
                ('zone_tier', models.CharField(blank=True, choices=[('lockdown', 'lockdown zone'), ('control', 'control zone'), ('precaution', 'precaution zone'), ('', 'not known')], max_length=10, verbose_name='zone tier')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('gate_contact', models.CharField(blank=True, max_length=60, verbose_name='gate contact')),
                ('gate_phone', models.CharField(blank=True, max_length=30, verbose_name='gate telephone')),
                ('committee_phone', models.CharField(blank=True, max_length=30, verbose_name='committee telephone')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='addresses', to='cases.community', verbose_name='community')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='addresses', to='cases.district', verbose_name='district')),
            ],
            options={
                'verbose_name': 'address',
                'verbose_name_plural': 'addresses',
            },
        ),
        migrations.CreateModel(
            name='HistoricalAddress',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('said', models.CharField(blank=True, max_length=300, verbose_name='as said')),
                ('street', models.CharField(blank=True, max_length=120, verbose_name='street')),
                ('building', models.CharField(blank=True, max_length=30, verbose_name='building')),
                ('room', models.CharField(blank=True, max_length=30, verbose_name='room')),
                ('zone_tier', models.CharField(blank=True, choices=[('lockdown', 'lockdown zone'), ('control', 'control zone'), ('precaution', 'precaution zone'), ('', 'not known')], max_length=10, verbose_name='zone tier')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('gate_contact', models.CharField(blank=True, max_length=60, verbose_name='gate contact')),
                ('gate_phone', models.CharField(blank=True, max_length=30, verbose_name='gate telephone')),
                ('committee_phone', models.CharField(blank=True, max_length=30, verbose_name='committee telephone')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('community', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.community', verbose_name='community')),
                ('district', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.district', verbose_name='district')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical address',
                'verbose_name_plural': 'historical addresses',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalResident',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='name')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('birth_year', models.SmallIntegerField(blank=True, null=True, verbose_name='year of birth')),
                ('vulnerabilities', models.JSONField(blank=True, default=list, verbose_name='vulnerabilities')),
                ('hard_of_hearing', models.BooleanField(default=False, verbose_name='hard of hearing')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('created_at', models.DateTimeField(blank=True, editable=False, verbose_name='created')),
                ('anonymised_at', models.DateTimeField(blank=True, null=True, verbose_name='anonymised')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('address', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.address', verbose_name='address')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical resident',
                'verbose_name_plural': 'historical residents',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Resident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='name')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('birth_year', models.SmallIntegerField(blank=True, null=True, verbose_name='year of birth')),
                ('vulnerabilities', models.JSONField(blank=True, default=list, verbose_name='vulnerabilities')),
                ('hard_of_hearing', models.BooleanField(default=False, verbose_name='hard of hearing')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('anonymised_at', models.DateTimeField(blank=True, null=True, verbose_name='anonymised')),
                ('address', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='residents', to='cases.address', verbose_name='address')),
            ],
            options={
                'verbose_name': 'resident',
                'verbose_name_plural': 'residents',
            },
        ),
        migrations.CreateModel(
            name='CaseGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=64, unique=True)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('building', models.CharField(blank=True, max_length=30, verbose_name='building')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='case_groups', to='hotline.line', verbose_name='line')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='case_groups', to='cases.community', verbose_name='community')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='case_groups', to='cases.resident', verbose_name='speaks for them')),
            ],
            options={
                'verbose_name': 'group of cases',
                'verbose_name_plural': 'groups of cases',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCaseGroup',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('key', models.CharField(db_index=True, editable=False, max_length=64)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('building', models.CharField(blank=True, max_length=30, verbose_name='building')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('community', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.community', verbose_name='community')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.line', verbose_name='line')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.resident', verbose_name='speaks for them')),
            ],
            options={
                'verbose_name': 'historical group of cases',
                'verbose_name_plural': 'historical groups of cases',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Phone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None, verbose_name='number')),
                ('preferred', models.BooleanField(default=False, verbose_name='preferred')),
                ('takes_texts', models.BooleanField(default=True, verbose_name='takes texts')),
                ('label', models.CharField(blank=True, max_length=40, verbose_name='whose')),
                ('call_from', models.TimeField(blank=True, null=True, verbose_name='call from')),
                ('call_until', models.TimeField(blank=True, null=True, verbose_name='call until')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phones', to='cases.resident', verbose_name='resident')),
            ],
            options={
                'verbose_name': 'telephone',
                'verbose_name_plural': 'telephones',
                'indexes': [models.Index(fields=['number'], name='phone_who_is_calling')],
                'constraints': [models.UniqueConstraint(fields=('resident', 'number'), name='phone_once_per_resident')],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('sms', 'text message'), ('call', 'telephone'), ('entered', 'entered afterwards'), ('partner', 'partner'), ('import', 'import')], max_length=10, verbose_name='came by')),
                ('relation', models.CharField(blank=True, max_length=40, verbose_name='relation')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('words', models.TextField(blank=True, verbose_name='first words')),
                ('answers', models.JSONField(blank=True, default=dict, verbose_name='answers')),
                ('vulnerabilities', models.JSONField(blank=True, default=list, verbose_name='vulnerabilities')),
                ('stated_urgency', models.CharField(blank=True, max_length=20, verbose_name='urgency as stated')),
                ('level', models.SmallIntegerField(choices=[(1, 'now'), (2, 'today'), (3, 'in days'), (4, 'can wait'), (5, 'no need')], default=2, verbose_name='level')),
                ('level_is_judged', models.BooleanField(default=False, verbose_name="level is an agent's word")),
                ('level_reasons', models.JSONField(blank=True, default=list, verbose_name='reasons for the level')),
                ('suggestion', models.JSONField(blank=True, default=dict, verbose_name='suggestion')),
                ('red_flags', models.JSONField(blank=True, default=list, verbose_name='red flags')),
                ('supply_ends_at', models.DateTimeField(blank=True, null=True, verbose_name='supply ends')),
                ('needed_by', models.DateTimeField(blank=True, null=True, verbose_name='needed by')),
                ('contact_by', models.DateTimeField(blank=True, null=True, verbose_name='first contact by')),
                ('decide_by', models.DateTimeField(blank=True, null=True, verbose_name='decided by')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='next step due')),
                ('due_sum', models.JSONField(blank=True, default=list, verbose_name='how the time was reckoned')),
                ('rank', models.GeneratedField(db_persist=True, expression=models.Case(models.When(level=1, then=0), default=1, output_field=models.SmallIntegerField()), output_field=models.SmallIntegerField())),
                ('state', models.CharField(choices=[('new', 'new'), ('triaged', 'triaged'), ('sourcing', 'sourcing'), ('ready', 'ready'), ('planned', 'planned'), ('en_route', 'on its way'), ('delivered', 'delivered'), ('follow_up', 'follow-up'), ('closed', 'closed'), ('on_hold', 'on hold'), ('cancelled', 'cancelled'), ('duplicate', 'duplicate'), ('unmet', 'unmet')], default='new', max_length=10, verbose_name='state')),
                ('state_since', models.DateTimeField(blank=True, db_default=django.db.models.functions.datetime.Now(), null=True, verbose_name='in this state since')),
                ('next_step', models.CharField(blank=True, choices=[('', 'none'), ('intake', 'ask what is needed'), ('source', 'find the goods'), ('confirm_goods', 'wait for the pickup point'), ('plan', 'put on a trip'), ('drive', 'drive'), ('follow_up', 'ask whether it arrived'), ('referral', 'ask those it was referred to'), ('resume', 'look again when the hold ends'), ('review', 'a supervisor looks at it')], max_length=15, verbose_name='next step')),
                ('owner', models.CharField(blank=True, choices=[('', 'nobody: settled'), ('queue', 'the queue'), ('agent', 'an agent'), ('dispatch', 'dispatch'), ('trip', 'a trip'), ('timer', 'a timer')], max_length=10, verbose_name='owner')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                ('waits_because', models.JSONField(blank=True, default=dict, verbose_name='why it waits')),
                ('held_from', models.CharField(blank=True, max_length=10, verbose_name='held from')),
                ('held_until', models.DateTimeField(blank=True, null=True, verbose_name='held until')),
                ('hold_reason', models.CharField(blank=True, max_length=200, verbose_name='held because')),
                ('paused', models.DurationField(default=datetime.timedelta(0), verbose_name='on hold so far')),
                ('promised_from', models.DateTimeField(blank=True, null=True, verbose_name='promised from')),
                ('promised_until', models.DateTimeField(blank=True, null=True, verbose_name='promised until')),
                ('promise_kept', models.BooleanField(blank=True, null=True, verbose_name='promise kept')),
                ('outcome', models.CharField(blank=True, choices=[('', 'none'), ('received', 'received'), ('met_otherwise', 'met another way'), ('no_longer_needed', 'no longer needed'), ('wrong_number', 'wrong number'), ('referred', 'referred'), ('not_available', 'goods not to be had'), ('no_vehicle', 'no vehicle in time'), ('unreachable', 'could not be reached'), ('not_a_need', 'not a need'), ('duplicate', 'duplicate')], max_length=20, verbose_name='outcome')),
                ('outcome_note', models.CharField(blank=True, max_length=200, verbose_name='note on the outcome')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('contacted_at', models.DateTimeField(blank=True, null=True, verbose_name='first contact')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('unconfirmed_since', models.DateTimeField(blank=True, null=True, verbose_name='unconfirmed since')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='delivered')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('intake_key', models.CharField(blank=True, max_length=80, null=True, unique=True, verbose_name='made once per')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('address', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cases', to='cases.address', verbose_name='address')),
                ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='hotline.line', verbose_name='line')),
                ('merged_into', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='cases.case', verbose_name='merged into')),
                ('owner_agent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cases', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('rest_of', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rests', to='cases.case', verbose_name='the rest of')),
                ('case_group', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='cases', to='cases.casegroup', verbose_name='group')),
                ('category', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='cases.category', verbose_name='category')),
                ('judged_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='cases.categoryversion', verbose_name='judged by version')),
                ('district', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='cases.district', verbose_name='district')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='cases.resident', verbose_name='person')),
                ('reporter', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reported_cases', to='cases.resident', verbose_name='asked for by')),
            ],
            options={
                'verbose_name': 'case',
                'verbose_name_plural': 'cases',
                'indexes': [models.Index(condition=models.Q(('owner', 'queue')), fields=['rank', 'due_at', 'id'], include=('level', 'category', 'district', 'next_step', 'language'), name='case_next_to_claim'), models.Index(condition=models.Q(('state', 'ready')), fields=['rank', 'due_at', 'id'], name='case_ready_to_plan'), models.Index(condition=models.Q(('owner', 'agent')), fields=['owner_agent'], name='case_held_by_agent'), models.Index(condition=models.Q(('state', 'on_hold')), fields=['held_until'], name='case_hold_ends'), models.Index(fields=['person', '-id'], name='case_history_of_person'), models.Index(condition=models.Q(('reporter__isnull', False)), fields=['reporter', '-id'], name='case_history_of_reporter'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='case_merged_into'), models.Index(condition=models.Q(('unconfirmed_since__isnull', False)), fields=['rank', 'due_at', 'id'], name='case_unconfirmed'), models.Index(condition=models.Q(('next_step', 'referral')), fields=['rank', 'due_at', 'id'], name='case_referred'), models.Index(condition=models.Q(('state__in', ('closed', 'cancelled', 'duplicate', 'unmet')), _negated=True), fields=['level', 'created_at'], include=('state', 'owner', 'next_step', 'category', 'district', 'due_at', 'held_until', 'unconfirmed_since'), name='case_open_counted'), models.Index(condition=models.Q(('state__in', ('closed', 'cancelled', 'duplicate', 'unmet')), _negated=True), fields=['district', '-created_at'], name='case_open_lately'), models.Index(condition=models.Q(('state__in', ('closed', 'cancelled', 'duplicate', 'unmet')), _negated=True), fields=['state', 'level', 'state_since'], name='case_open_state_age'), models.Index(condition=models.Q(('closed_at__isnull', False)), fields=['closed_at'], name='case_ended_at'), models.Index(fields=['created_at'], name='case_came_in'), models.Index(condition=models.Q(('delivered_at__isnull', False)), fields=['delivered_at'], name='case_delivered'), models.Index(condition=models.Q(('case_group__isnull', False)), fields=['case_group'], name='case_of_group'), models.Index(condition=models.Q(('rest_of__isnull', False)), fields=['rest_of'], name='case_rest_of'), models.Index(condition=models.Q(('promised_until__isnull', False)), fields=['promised_until'], include=('promise_kept',), name='case_promised_for')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ('closed', 'cancelled', 'duplicate', 'unmet')), models.Q(models.Q(('next_step', ''), _negated=True), models.Q(('owner', ''), _negated=True), ('due_at__isnull', False)), _connector='OR'), name='case_open_has_next_step_owner_and_time'), models.CheckConstraint(condition=models.Q(models.Q(('owner', 'agent'), _negated=True), models.Q(('owner_agent__isnull', False), ('claimed_until__isnull', False)), _connector='OR'), name='case_agent_owner_is_an_agent_with_a_lease'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('closed', 'cancelled', 'duplicate', 'unmet')), _negated=True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='case_ended_has_outcome'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'on_hold'), _negated=True), ('held_until__isnull', False), _connector='OR'), name='case_hold_has_an_end'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'duplicate'), _negated=True), ('merged_into__isnull', False), _connector='OR'), name='case_duplicate_names_the_other')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{cancelled:triaged,closed:triaged,delivered:cancelled,delivered:closed,delivered:en_route,delivered:follow_up,duplicate:triaged,en_route:cancelled,en_route:delivered,en_route:ready,en_route:sourcing,follow_up:cancelled,follow_up:closed,follow_up:en_route,follow_up:unmet,new:cancelled,new:duplicate,new:follow_up,new:on_hold,new:sourcing,new:triaged,new:unmet,on_hold:cancelled,on_hold:duplicate,on_hold:new,on_hold:ready,on_hold:sourcing,on_hold:triaged,on_hold:unmet,planned:cancelled,planned:en_route,planned:ready,planned:sourcing,ready:cancelled,ready:duplicate,ready:follow_up,ready:on_hold,ready:planned,ready:sourcing,ready:unmet,sourcing:cancelled,sourcing:duplicate,sourcing:follow_up,sourcing:on_hold,sourcing:ready,sourcing:unmet,triaged:cancelled,triaged:duplicate,triaged:follow_up,triaged:on_hold,triaged:ready,triaged:sourcing,triaged:unmet,unmet:triaged}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='0f3d475dd20580cb1a797616ad8740faaee8db3c', operation='UPDATE', pgid='pgtrigger_case_states_c823b', table='cases_case', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='nothing_of_practice', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM hotline_line WHERE id = NEW.line_id AND practice) THEN\n                RAISE EXCEPTION '% on the practice line', TG_TABLE_NAME USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='55689be56039734bc02f42b7c6358eb4e8f86970', operation='INSERT OR UPDATE OF "line_id"', pgid='pgtrigger_nothing_of_practice_d74fc', table='cases_case', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Callback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('clarify', 'ask for details'), ('confirm', 'still needed?'), ('missed_call', 'missed call'), ('after_delivery', 'after delivery'), ('welfare', 'welfare check'), ('prescription', 'prescription expires'), ('message_failed', 'text did not arrive: call instead')], max_length=15, verbose_name='kind')),
                ('number', models.CharField(max_length=30, verbose_name='number')),
                ('level', models.SmallIntegerField(default=3, verbose_name='level')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('state', models.CharField(choices=[('scheduled', 'scheduled'), ('due', 'due'), ('claimed', 'claimed'), ('retry', 'again later'), ('done', 'done'), ('exhausted', 'attempts used up'), ('escalated', 'escalated'), ('cancelled', 'cancelled')], default='scheduled', max_length=10, verbose_name='state')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('first_due_at', models.DateTimeField(verbose_name='first due')),
                ('attempts_made', models.SmallIntegerField(default=0, verbose_name='attempts')),
                ('max_attempts', models.SmallIntegerField(default=3, verbose_name='attempts at most')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                ('outcome', models.CharField(blank=True, max_length=20, verbose_name='outcome')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('call', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='callbacks', to='hotline.call', verbose_name='call')),
                ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='callbacks', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='callbacks', to='hotline.line', verbose_name='line')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='callbacks', to='cases.case', verbose_name='case')),
                ('resident', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='callbacks', to='cases.resident', verbose_name='resident')),
            ],
            options={
                'verbose_name': 'call-back',
                'verbose_name_plural': 'call-backs',
                'indexes': [models.Index(condition=models.Q(('state__in', ['scheduled', 'retry'])), fields=['due_at'], name='callback_falls_due'), models.Index(condition=models.Q(('state', 'due')), fields=['level', 'first_due_at', 'id'], name='callback_due_in_order'), models.Index(condition=models.Q(('state', 'claimed')), fields=['claimed_by', 'claimed_until'], name='callback_claimed_by_agent')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'claimed'), _negated=True), models.Q(('claimed_by__isnull', False), ('claimed_until__isnull', False)), _connector='OR'), name='callback_claimed_has_an_agent_with_a_lease'), models.UniqueConstraint(condition=models.Q(('kind', 'missed_call'), ('state__in', ('scheduled', 'due', 'claimed', 'retry'))), fields=('line', 'number'), name='callback_one_open_per_missed_number'), models.UniqueConstraint(condition=models.Q(('case__isnull', False), ('state__in', ('scheduled', 'due', 'claimed', 'retry'))), fields=('case', 'kind'), name='callback_one_open_per_case_and_kind')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callback',
            trigger=pgtrigger.compiler.Trigger(name='callback_states', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{claimed:cancelled,claimed:done,claimed:due,claimed:exhausted,claimed:retry,due:cancelled,due:claimed,due:done,due:exhausted,due:retry,exhausted:escalated,retry:cancelled,retry:done,retry:due,scheduled:cancelled,scheduled:done,scheduled:due}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='4b1207328b6553b1975d2a9d8a1122a94a086c09', operation='UPDATE', pgid='pgtrigger_callback_states_7b01e', table='cases_callback', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callback',
            trigger=pgtrigger.compiler.Trigger(name='nothing_of_practice', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM hotline_line WHERE id = NEW.line_id AND practice) THEN\n                RAISE EXCEPTION '% on the practice line', TG_TABLE_NAME USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='e5bcaa901bd2cec14fafbe1bbfa63564a2c6d9e0', operation='INSERT OR UPDATE OF "line_id"', pgid='pgtrigger_nothing_of_practice_a3159', table='cases_callback', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taken_as', models.CharField(blank=True, max_length=20, verbose_name='taken as')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('unread', models.BooleanField(default=False, verbose_name='unread')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled')),
                ('call', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='hotline.call', verbose_name='call')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='cases.case', verbose_name='case')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='hotline.line', verbose_name='line')),
                ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='hotline.message', verbose_name='message')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by')),
                ('resident', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='cases.resident', verbose_name='resident')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'indexes': [models.Index(condition=models.Q(('case__isnull', True), ('settled_at__isnull', True)), fields=['id'], name='contact_visible_inbox'), models.Index(condition=models.Q(('unread', True)), fields=['case', 'id'], name='contact_unread_of_case')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('call__isnull', False), ('message__isnull', True)), models.Q(('call__isnull', True), ('message__isnull', False)), _connector='OR'), name='contact_is_a_call_or_a_message'), models.UniqueConstraint(condition=models.Q(('message__isnull', False)), fields=('message', 'case'), name='contact_message_once_per_case', nulls_distinct=False), models.UniqueConstraint(condition=models.Q(('call__isnull', False)), fields=('call', 'case'), name='contact_call_once_per_case', nulls_distinct=False)],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='nothing_of_practice', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM hotline_line WHERE id = NEW.line_id AND practice) THEN\n                RAISE EXCEPTION '% on the practice line', TG_TABLE_NAME USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='d9180ae7ac2c8aa7c3ba1cc6b4b64e32cd28cfa6', operation='INSERT OR UPDATE OF "line_id"', pgid='pgtrigger_nothing_of_practice_3c08b', table='cases_contact', when='BEFORE')),
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, unique=True, verbose_name='key')),
                ('data', models.JSONField(blank=True, default=dict, verbose_name='content')),
                ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='opened')),
                ('saved_at', models.DateTimeField(blank=True, null=True, verbose_name='saved')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='put away')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('call', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='drafts', to='hotline.call', verbose_name='call')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='drafts', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'draft',
                'verbose_name_plural': 'drafts',
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['agent', 'id'], name='draft_open_of_agent')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('call__isnull', False)), fields=('call',), name='draft_one_per_call')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCallback',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('kind', models.CharField(choices=[('clarify', 'ask for details'), ('confirm', 'still needed?'), ('missed_call', 'missed call'), ('after_delivery', 'after delivery'), ('welfare', 'welfare check'), ('prescription', 'prescription expires'), ('message_failed', 'text did not arrive: call instead')], max_length=15, verbose_name='kind')),
                ('number', models.CharField(max_length=30, verbose_name='number')),
                ('level', models.SmallIntegerField(default=3, verbose_name='level')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('state', models.CharField(choices=[('scheduled', 'scheduled'), ('due', 'due'), ('claimed', 'claimed'), ('retry', 'again later'), ('done', 'done'), ('exhausted', 'attempts used up'), ('escalated', 'escalated'), ('cancelled', 'cancelled')], default='scheduled', max_length=10, verbose_name='state')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('first_due_at', models.DateTimeField(verbose_name='first due')),
                ('attempts_made', models.SmallIntegerField(default=0, verbose_name='attempts')),
                ('max_attempts', models.SmallIntegerField(default=3, verbose_name='attempts at most')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                ('outcome', models.CharField(blank=True, max_length=20, verbose_name='outcome')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('call', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.call', verbose_name='call')),
                ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.case', verbose_name='case')),
                ('claimed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.line', verbose_name='line')),
                ('resident', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.resident', verbose_name='resident')),
            ],
            options={
                'verbose_name': 'historical call-back',
                'verbose_name_plural': 'historical call-backs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalCase',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('channel', models.CharField(choices=[('sms', 'text message'), ('call', 'telephone'), ('entered', 'entered afterwards'), ('partner', 'partner'), ('import', 'import')], max_length=10, verbose_name='came by')),
                ('relation', models.CharField(blank=True, max_length=40, verbose_name='relation')),
                ('language', models.CharField(default='zh-hans', max_length=10, verbose_name='language')),
                ('words', models.TextField(blank=True, verbose_name='first words')),
                ('answers', models.JSONField(blank=True, default=dict, verbose_name='answers')),
                ('vulnerabilities', models.JSONField(blank=True, default=list, verbose_name='vulnerabilities')),
                ('stated_urgency', models.CharField(blank=True, max_length=20, verbose_name='urgency as stated')),
                ('level', models.SmallIntegerField(choices=[(1, 'now'), (2, 'today'), (3, 'in days'), (4, 'can wait'), (5, 'no need')], default=2, verbose_name='level')),
                ('level_is_judged', models.BooleanField(default=False, verbose_name="level is an agent's word")),
                ('level_reasons', models.JSONField(blank=True, default=list, verbose_name='reasons for the level')),
                ('suggestion', models.JSONField(blank=True, default=dict, verbose_name='suggestion')),
                ('red_flags', models.JSONField(blank=True, default=list, verbose_name='red flags')),
                ('supply_ends_at', models.DateTimeField(blank=True, null=True, verbose_name='supply ends')),
                ('needed_by', models.DateTimeField(blank=True, null=True, verbose_name='needed by')),
                ('contact_by', models.DateTimeField(blank=True, null=True, verbose_name='first contact by')),
                ('decide_by', models.DateTimeField(blank=True, null=True, verbose_name='decided by')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='next step due')),
                ('due_sum', models.JSONField(blank=True, default=list, verbose_name='how the time was reckoned')),
                ('state', models.CharField(choices=[('new', 'new'), ('triaged', 'triaged'), ('sourcing', 'sourcing'), ('ready', 'ready'), ('planned', 'planned'), ('en_route', 'on its way'), ('delivered', 'delivered'), ('follow_up', 'follow-up'), ('closed', 'closed'), ('on_hold', 'on hold'), ('cancelled', 'cancelled'), ('duplicate', 'duplicate'), ('unmet', 'unmet')], default='new', max_length=10, verbose_name='state')),
                ('state_since', models.DateTimeField(blank=True, db_default=django.db.models.functions.datetime.Now(), null=True, verbose_name='in this state since')),
                ('next_step', models.CharField(blank=True, choices=[('', 'none'), ('intake', 'ask what is needed'), ('source', 'find the goods'), ('confirm_goods', 'wait for the pickup point'), ('plan', 'put on a trip'), ('drive', 'drive'), ('follow_up', 'ask whether it arrived'), ('referral', 'ask those it was referred to'), ('resume', 'look again when the hold ends'), ('review', 'a supervisor looks at it')], max_length=15, verbose_name='next step')),
                ('owner', models.CharField(blank=True, choices=[('', 'nobody: settled'), ('queue', 'the queue'), ('agent', 'an agent'), ('dispatch', 'dispatch'), ('trip', 'a trip'), ('timer', 'a timer')], max_length=10, verbose_name='owner')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                ('waits_because', models.JSONField(blank=True, default=dict, verbose_name='why it waits')),
                ('held_from', models.CharField(blank=True, max_length=10, verbose_name='held from')),
                ('held_until', models.DateTimeField(blank=True, null=True, verbose_name='held until')),
                ('hold_reason', models.CharField(blank=True, max_length=200, verbose_name='held because')),
                ('paused', models.DurationField(default=datetime.timedelta(0), verbose_name='on hold so far')),
                ('promised_from', models.DateTimeField(blank=True, null=True, verbose_name='promised from')),
                ('promised_until', models.DateTimeField(blank=True, null=True, verbose_name='promised until')),
                ('promise_kept', models.BooleanField(blank=True, null=True, verbose_name='promise kept')),
                ('outcome', models.CharField(blank=True, choices=[('', 'none'), ('received', 'received'), ('met_otherwise', 'met another way'), ('no_longer_needed', 'no longer needed'), ('wrong_number', 'wrong number'), ('referred', 'referred'), ('not_available', 'goods not to be had'), ('no_vehicle', 'no vehicle in time'), ('unreachable', 'could not be reached'), ('not_a_need', 'not a need'), ('duplicate', 'duplicate')], max_length=20, verbose_name='outcome')),
                ('outcome_note', models.CharField(blank=True, max_length=200, verbose_name='note on the outcome')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('contacted_at', models.DateTimeField(blank=True, null=True, verbose_name='first contact')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed')),
                ('unconfirmed_since', models.DateTimeField(blank=True, null=True, verbose_name='unconfirmed since')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='delivered')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('intake_key', models.CharField(blank=True, max_length=80, null=True, verbose_name='made once per')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('address', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.address', verbose_name='address')),
                ('case_group', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.casegroup', verbose_name='group')),
                ('category', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.category', verbose_name='category')),
                ('district', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.district', verbose_name='district')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('judged_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.categoryversion', verbose_name='judged by version')),
                ('line', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.line', verbose_name='line')),
                ('merged_into', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.case', verbose_name='merged into')),
                ('owner_agent', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('rest_of', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.case', verbose_name='the rest of')),
                ('person', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.resident', verbose_name='person')),
                ('reporter', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.resident', verbose_name='asked for by')),
            ],
            options={
                'verbose_name': 'historical case',
                'verbose_name_plural': 'historical cases',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalNeed',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('item', models.CharField(max_length=120, verbose_name='item')),
                ('brand', models.CharField(blank=True, max_length=80, verbose_name='brand')),
                ('specification', models.CharField(blank=True, max_length=80, verbose_name='strength or specification')),
                ('quantity', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='quantity asked')),
                ('approved', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='approved')),
                ('delivered', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='delivered')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='unit')),
                ('substitute_allowed', models.BooleanField(blank=True, null=True, verbose_name='substitute allowed')),
                ('prescription_needed', models.BooleanField(default=False, verbose_name='prescription needed')),
                ('needs_cooling', models.BooleanField(default=False, verbose_name='needs cooling')),
                ('controlled', models.BooleanField(default=False, verbose_name='controlled drug')),
                ('allowed_at', models.DateTimeField(blank=True, null=True, verbose_name='allowed')),
                ('weight_grams', models.PositiveIntegerField(default=1000, verbose_name='weight in grams')),
                ('supply_left_until', models.DateTimeField(blank=True, null=True, verbose_name='supply left until')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('allowed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='allowed by')),
                ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.case', verbose_name='case')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical need',
                'verbose_name_plural': 'historical needs',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalReferral',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('to', models.CharField(choices=[('volunteer', 'a volunteer or neighbour'), ('committee', 'neighbourhood committee'), ('hospital', 'a hospital'), ('12345', "the city's line 12345"), ('advice', 'advice was enough')], max_length=10, verbose_name='to')),
                ('whom', models.CharField(blank=True, max_length=80, verbose_name='who there')),
                ('number', models.CharField(blank=True, max_length=30, verbose_name='their number')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='what was agreed')),
                ('state', models.CharField(choices=[('asked', 'asked'), ('accepted', 'accepted'), ('refused', 'refused'), ('helped', 'reported back: it helped'), ('not_helped', 'reported back: it did not help'), ('withdrawn', 'no longer asked')], default='asked', max_length=10, verbose_name='state')),
                ('due_at', models.DateTimeField(verbose_name='answer due')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('said', models.CharField(blank=True, max_length=200, verbose_name='what they said')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.case', verbose_name='case')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical referral',
                'verbose_name_plural': 'historical referrals',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=120, verbose_name='item')),
                ('brand', models.CharField(blank=True, max_length=80, verbose_name='brand')),
                ('specification', models.CharField(blank=True, max_length=80, verbose_name='strength or specification')),
                ('quantity', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='quantity asked')),
                ('approved', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='approved')),
                ('delivered', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='delivered')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='unit')),
                ('substitute_allowed', models.BooleanField(blank=True, null=True, verbose_name='substitute allowed')),
                ('prescription_needed', models.BooleanField(default=False, verbose_name='prescription needed')),
                ('needs_cooling', models.BooleanField(default=False, verbose_name='needs cooling')),
                ('controlled', models.BooleanField(default=False, verbose_name='controlled drug')),
                ('allowed_at', models.DateTimeField(blank=True, null=True, verbose_name='allowed')),
                ('weight_grams', models.PositiveIntegerField(default=1000, verbose_name='weight in grams')),
                ('supply_left_until', models.DateTimeField(blank=True, null=True, verbose_name='supply left until')),
                ('allowed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='allowed by')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'need',
                'verbose_name_plural': 'needs',
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='text')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'note',
                'verbose_name_plural': 'notes',
                'ordering': ['case', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Outlook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('not_before', models.DateField(verbose_name='not before')),
                ('before', models.PositiveIntegerField(verbose_name='come before it')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='told on')),
                ('told_not_before', models.DateField(blank=True, null=True, verbose_name='told not before')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='outlook', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'not reached today',
                'verbose_name_plural': 'not reached today',
                'indexes': [models.Index(fields=['day'], name='outlook_of_a_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('not_before__gt', models.F('day'))), name='outlook_is_a_later_day')],
            },
        ),
        migrations.CreateModel(
            name='PartnerCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, verbose_name='made once per')),
                ('fingerprint', models.CharField(max_length=64)),
                ('reference', models.CharField(blank=True, max_length=80, verbose_name='their number')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='partner_case', to='cases.case', verbose_name='case')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='cases.partner', verbose_name='partner')),
            ],
            options={
                'verbose_name': "partner's case",
                'verbose_name_plural': "partners' cases",
                'constraints': [models.UniqueConstraint(fields=('partner', 'key'), name='partner_case_once_per_key')],
            },
        ),
        migrations.CreateModel(
            name='QualityReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('sample', 'drawn'), ('survey', 'the resident said otherwise')], max_length=10, verbose_name='why')),
                ('monday', models.DateField(verbose_name='week of')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='reviewed')),
                ('card', models.JSONField(blank=True, default=list, verbose_name='score card')),
                ('score', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='score')),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='seen by the agent')),
                ('answer', models.TextField(blank=True, verbose_name="the agent's answer")),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quality_reviews', to=settings.AUTH_USER_MODEL, verbose_name='agent')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quality_reviews', to='cases.case', verbose_name='case')),
                ('reviewer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reviewed by')),
            ],
            options={
                'verbose_name': 'quality review',
                'verbose_name_plural': 'quality reviews',
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['id'], name='quality_review_open'), models.Index(fields=['agent', 'monday'], name='quality_review_of_agent')],
                'constraints': [models.UniqueConstraint(fields=('case', 'agent'), name='quality_review_once_per_case_and_agent'), models.CheckConstraint(condition=models.Q(('reviewer', None), models.Q(('reviewer', models.F('agent')), _negated=True), _connector='OR'), name='quality_review_never_by_the_agent'), models.CheckConstraint(condition=models.Q(('done_at', None), ('score__isnull', False), _connector='OR'), name='quality_review_done_has_a_score')],
            },
        ),
        migrations.CreateModel(
            name='Receiver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('neighbour', 'neighbour'), ('committee', 'committee'), ('family', 'family'), ('other', 'somebody else')], max_length=10, verbose_name='kind')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('phone', phonenumber_field.modelfields.PhoneNumberField(blank=True, max_length=128, region=None, verbose_name='telephone')),
                ('agreed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='agreed')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written down by')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receivers', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'receiver',
                'verbose_name_plural': 'receivers',
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('case',), name='receiver_one_standing_per_case'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='receiver_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Referral',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.CharField(choices=[('volunteer', 'a volunteer or neighbour'), ('committee', 'neighbourhood committee'), ('hospital', 'a hospital'), ('12345', "the city's line 12345"), ('advice', 'advice was enough')], max_length=10, verbose_name='to')),
                ('whom', models.CharField(blank=True, max_length=80, verbose_name='who there')),
                ('number', models.CharField(blank=True, max_length=30, verbose_name='their number')),
                ('words', models.CharField(blank=True, max_length=200, verbose_name='what was agreed')),
                ('state', models.CharField(choices=[('asked', 'asked'), ('accepted', 'accepted'), ('refused', 'refused'), ('helped', 'reported back: it helped'), ('not_helped', 'reported back: it did not help'), ('withdrawn', 'no longer asked')], default='asked', max_length=10, verbose_name='state')),
                ('due_at', models.DateTimeField(verbose_name='answer due')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('said', models.CharField(blank=True, max_length=200, verbose_name='what they said')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'referral',
                'verbose_name_plural': 'referrals',
                'ordering': ['case', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'accepted'])), fields=('case', 'to'), name='referral_one_open_per_case_and_place'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ['asked', 'accepted'])), models.Q(models.Q(('state__in', ['asked', 'accepted']), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='referral_has_ended_or_is_open')],
            },
        ),
        migrations.CreateModel(
            name='StillNeeded',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(choices=[('goods', 'before goods are bought'), ('loading', 'before the vehicle is loaded'), ('by_hand', 'asked by one of us')], max_length=10, verbose_name='why')),
                ('number', models.CharField(blank=True, max_length=30, verbose_name='asked under')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked')),
                ('call_at', models.DateTimeField(verbose_name='call from')),
                ('called_at', models.DateTimeField(blank=True, null=True, verbose_name='call-back owed since')),
                ('answer', models.CharField(blank=True, choices=[('', 'no answer yet'), ('1', 'still needed'), ('2', 'no longer needed'), ('3', 'someone else helped'), ('x', 'nobody could confirm it')], max_length=1, verbose_name='answer')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='no longer asked')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='still_needed', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'question whether it is still needed',
                'verbose_name_plural': 'questions whether it is still needed',
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['number', '-id'], name='still_needed_under_number'), models.Index(condition=models.Q(('called_at__isnull', True), ('closed_at__isnull', True)), fields=['call_at'], name='still_needed_unanswered')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('case',), name='still_needed_one_open_per_case')],
            },
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, verbose_name='asked under')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked')),
                ('answer', models.CharField(blank=True, choices=[('', 'no answer yet'), ('1', 'received'), ('2', 'not yet'), ('3', 'no longer needed')], max_length=1, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='no longer asked')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='surveys', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'survey',
                'verbose_name_plural': 'surveys',
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['number', '-id'], name='survey_open_under_number')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('case',), name='survey_one_open_per_case')],
            },
        ),
        migrations.CreateModel(
            name='Transition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('move', models.CharField(max_length=30, verbose_name='move')),
                ('from_state', models.CharField(blank=True, choices=[('new', 'new'), ('triaged', 'triaged'), ('sourcing', 'sourcing'), ('ready', 'ready'), ('planned', 'planned'), ('en_route', 'on its way'), ('delivered', 'delivered'), ('follow_up', 'follow-up'), ('closed', 'closed'), ('on_hold', 'on hold'), ('cancelled', 'cancelled'), ('duplicate', 'duplicate'), ('unmet', 'unmet')], max_length=10, verbose_name='from')),
                ('to_state', models.CharField(choices=[('new', 'new'), ('triaged', 'triaged'), ('sourcing', 'sourcing'), ('ready', 'ready'), ('planned', 'planned'), ('en_route', 'on its way'), ('delivered', 'delivered'), ('follow_up', 'follow-up'), ('closed', 'closed'), ('on_hold', 'on hold'), ('cancelled', 'cancelled'), ('duplicate', 'duplicate'), ('unmet', 'unmet')], max_length=10, verbose_name='to')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transitions', to='cases.case', verbose_name='case')),
            ],
            options={
                'verbose_name': 'transition',
                'verbose_name_plural': 'transitions',
                'ordering': ['case', 'id'],
                'indexes': [models.Index(condition=models.Q(('to_state', 'ready')), fields=['at'], name='transition_became_ready')],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=30, verbose_name='event')),
                ('body', models.JSONField(verbose_name='text')),
                ('state', models.CharField(choices=[('due', 'to be told'), ('told', 'told'), ('given_up', 'given up')], default='due', max_length=10, verbose_name='state')),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='due')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('answer', models.CharField(blank=True, max_length=100, verbose_name='answer')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('told_at', models.DateTimeField(blank=True, null=True, verbose_name='told')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.case', verbose_name='case')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to='cases.partner', verbose_name='partner')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['due_at'], name='webhook_due')],
            },
        ),
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('case', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='cases.case', verbose_name='case')),
                ('words', django.contrib.postgres.search.SearchVectorField(verbose_name='words')),
            ],
            options={
                'verbose_name': 'search document',
                'verbose_name_plural': 'search documents',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='case_search_words')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
                ('outcome', models.CharField(blank=True, choices=[('reached', 'reached'), ('no_answer', 'no answer'), ('busy', 'busy'), ('switched_off', 'switched off'), ('wrong_number', 'wrong number'), ('voicemail', 'answering machine'), ('call_later', 'asked to call later'), ('failed', 'the carrier could not connect')], max_length=15, verbose_name='outcome')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('call', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='attempt', to='hotline.call', verbose_name='call')),
                ('callback', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='cases.callback', verbose_name='call-back')),
            ],
            options={
                'verbose_name': 'attempt',
                'verbose_name_plural': 'attempts',
                'ordering': ['callback', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalOffer',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('words', models.TextField(verbose_name='words')),
                ('item', models.CharField(blank=True, max_length=120, verbose_name='item')),
                ('state', models.CharField(choices=[('open', 'open'), ('matched', 'matched'), ('declined', 'declined'), ('closed', 'closed')], default='open', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='asked')),
                ('asked_number', models.CharField(blank=True, db_default='', max_length=30, verbose_name='asked under')),
                ('consent', models.BooleanField(blank=True, null=True, verbose_name='agrees')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('case', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.case', verbose_name='matched case')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.contact', verbose_name='contact')),
                ('district', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.district', verbose_name='district')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='hotline.line', verbose_name='line')),
                ('resident', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.resident', verbose_name='giver')),
            ],
            options={
                'verbose_name': 'historical offer',
                'verbose_name_plural': 'historical offers',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalPrescription',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('state', models.CharField(choices=[('needed', 'needed'), ('photo_asked', 'photo asked'), ('received', 'photo received'), ('booked', 'consultation booked'), ('issued', 'issued'), ('checked', 'checked by the pharmacy'), ('refused', 'refused')], default='needed', max_length=15, verbose_name='state')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('doctor', models.CharField(blank=True, max_length=60, verbose_name='doctor')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('consultation_at', models.DateTimeField(blank=True, null=True, verbose_name='consultation')),
                ('said', models.CharField(blank=True, max_length=200, verbose_name='what the pharmacy said')),
                ('photo', models.TextField(blank=True, max_length=100, verbose_name='photo')),
                ('changed_at', models.DateTimeField(blank=True, editable=False, verbose_name='changed')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('need', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cases.need', verbose_name='need')),
            ],
            options={
                'verbose_name': 'historical prescription',
                'verbose_name_plural': 'historical prescriptions',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(verbose_name='words')),
                ('item', models.CharField(blank=True, max_length=120, verbose_name='item')),
                ('state', models.CharField(choices=[('open', 'open'), ('matched', 'matched'), ('declined', 'declined'), ('closed', 'closed')], default='open', max_length=10, verbose_name='state')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='asked')),
                ('asked_number', models.CharField(blank=True, db_default='', max_length=30, verbose_name='asked under')),
                ('consent', models.BooleanField(blank=True, null=True, verbose_name='agrees')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='cases.case', verbose_name='matched case')),
                ('contact', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offer', to='cases.contact', verbose_name='contact')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='cases.district', verbose_name='district')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='hotline.line', verbose_name='line')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='cases.resident', verbose_name='giver')),
            ],
            options={
                'verbose_name': 'offer',
                'verbose_name_plural': 'offers',
                'indexes': [models.Index(condition=models.Q(('asked_at__isnull', False), ('consent__isnull', True)), fields=['asked_number', '-asked_at'], name='offer_asked_under_number'), models.Index(condition=models.Q(('state', 'open')), fields=['id'], name='offer_open')],
            },
        ),
        migrations.CreateModel(
            name='Prescription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('needed', 'needed'), ('photo_asked', 'photo asked'), ('received', 'photo received'), ('booked', 'consultation booked'), ('issued', 'issued'), ('checked', 'checked by the pharmacy'), ('refused', 'refused')], default='needed', max_length=15, verbose_name='state')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('doctor', models.CharField(blank=True, max_length=60, verbose_name='doctor')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('consultation_at', models.DateTimeField(blank=True, null=True, verbose_name='consultation')),
                ('said', models.CharField(blank=True, max_length=200, verbose_name='what the pharmacy said')),
                ('photo', models.FileField(blank=True, upload_to='prescriptions/%Y/%m/', verbose_name='photo')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('need', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='prescription', to='cases.need', verbose_name='need')),
            ],
            options={
                'verbose_name': 'prescription',
                'verbose_name_plural': 'prescriptions',
            },
        ),
        migrations.CreateModel(
            name='Unanswered',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('abandoned', 'hung up while waiting'), ('in_menu', 'hung up in the menu'), ('callback_asked', 'asked to be called back'), ('voicemail', 'left a message'), ('closed', 'outside the opening hours'), ('nobody', 'nobody on duty'), ('full', 'too many waited'), ('no_language', 'nobody on duty with the language'), ('no_subject', 'nobody on duty with the subject'), ('system_away', 'the system was away'), ('blocked', 'the number is blocked'), ('not_reached', 'called back, and not reached'), ('unplaced', 'a text nobody could place')], max_length=15, verbose_name='cause')),
                ('waited_seconds', models.PositiveIntegerField(blank=True, null=True, verbose_name='seconds waited')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('act', models.CharField(blank=True, choices=[('', 'none'), ('reached', 'called back and reached'), ('called_again', 'got through by themselves'), ('on_case', 'put on a case'), ('settled', 'settled'), ('cancelled', 'no call needed'), ('passed_on', 'passed on: attempts used up'), ('blocked', 'blocked')], max_length=15, verbose_name='what was done')),
                ('acted_at', models.DateTimeField(blank=True, null=True, verbose_name='acted')),
                ('acted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='acted by')),
                ('call', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='unanswered', to='hotline.call')),
                ('callback', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='unanswered', to='cases.callback', verbose_name='call-back')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='unanswered', to='cases.contact', verbose_name='contact')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unanswered', to='hotline.line', verbose_name='line')),
                ('message', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='unanswered', to='hotline.message')),
            ],
            options={
                'verbose_name': 'not answered',
                'verbose_name_plural': 'not answered',
                'indexes': [models.Index(condition=models.Q(('acted_at', None)), fields=['at', 'id'], name='unanswered_open'), models.Index(condition=models.Q(('acted_at__isnull', False)), fields=['-acted_at'], name='unanswered_acted_lately')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('call__isnull', False), ('message__isnull', True)), models.Q(('call__isnull', True), ('message__isnull', False)), _connector='OR'), name='unanswered_is_a_call_or_a_message')],
            },
        ),
        migrations.RunSQL(SEARCH, NO_SEARCH),
        migrations.RunSQL(VACUUMED_OFTEN, NOT_SO_OFTEN),
        migrations.RunPython(starting_thresholds, migrations.RunPython.noop),
        migrations.RunPython(starting_score_card, migrations.RunPython.noop),
    ]
