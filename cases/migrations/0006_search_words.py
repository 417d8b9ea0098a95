"""The database keeps the search document of every case itself: whoever writes, it is never stale."""

from django.db import migrations

FUNCTIONS = r"""
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
            select 'tel' || reverse(ltrim(t.number, '+'))
            from cases_phone t join cases_case c on t.resident_id in (c.person_id, c.reporter_id)
            where c.id = wanted
        ) found
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
GONE = """
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


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_search_and_board")]
    operations = [
        migrations.RunSQL(FUNCTIONS, GONE),
        migrations.RunSQL("select cases_search_write(id) from cases_case", migrations.RunSQL.noop),
    ]
