"""What must never belong to the practice line says so here, and the database refuses it."""

import pgtrigger


def nothing_of_practice() -> pgtrigger.Trigger:
    """For Meta.triggers: no row of this table is on the practice line, whoever writes it."""
    return pgtrigger.Trigger(
        name="nothing_of_practice",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("line_id"),
        func="""
            IF EXISTS (SELECT 1 FROM hotline_line WHERE id = NEW.line_id AND practice) THEN
                RAISE EXCEPTION '% on the practice line', TG_TABLE_NAME USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
