"""The search documents hold a case's level, category and district as marks: a search within them is still one look-up."""

from django.db import migrations

MARKS = """
            union all
            select unnest(array['*l' || level, '*c' || category_id, '*d' || district_id]) from cases_case where id = wanted
"""
FUNCTION = """
create or replace function cases_search_of(wanted bigint) returns tsvector stable parallel safe language sql as $$
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
            where id = wanted and state not in ('closed', 'cancelled', 'duplicate', 'unmet'){marks}
            union all
            select 'tel' || reverse(ltrim(t.number, '+'))
            from cases_phone t join cases_case c on t.resident_id in (c.person_id, c.reporter_id)
            where c.id = wanted
        ) found where lexeme is not null
    ))
$$;
"""
CHANGED = """
drop trigger search_changed on cases_case;
create trigger search_changed after update on cases_case for each row
    when (old.words is distinct from new.words or old.person_id is distinct from new.person_id
        or old.reporter_id is distinct from new.reporter_id or old.address_id is distinct from new.address_id
        or old.district_id is distinct from new.district_id{more}
        or (old.state in ('closed', 'cancelled', 'duplicate', 'unmet'))
            <> (new.state in ('closed', 'cancelled', 'duplicate', 'unmet')))
    execute function cases_search_case();
"""
MORE = """
        or old.level <> new.level or old.category_id is distinct from new.category_id"""
MARK_ALL = """
update cases_searchdocument d set words = d.words || array_to_tsvector(array_remove(
    array['*l' || c.level, '*c' || c.category_id, '*d' || c.district_id], null))
from cases_case c where c.id = d.case_id
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_counted_without_reading")]
    operations = [
        migrations.RunSQL(
            FUNCTION.replace("{marks}", MARKS) + CHANGED.replace("{more}", MORE),
            FUNCTION.replace("{marks}", "") + CHANGED.replace("{more}", ""),
        ),
        migrations.RunSQL(MARK_ALL, migrations.RunSQL.noop),
    ]
