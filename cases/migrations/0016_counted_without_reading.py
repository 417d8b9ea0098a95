"""What queue review and wall count stands in indexes of its own; foreign keys that nobody looks up by have none."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # indexes are made beside the running system

    dependencies = [
        ("cases", "0015_not_reached_today"),
        ("hotline", "0011_counted_without_reading"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("owner", "queue")),
                fields=["rank", "due_at", "id"],
                include=("level", "category", "district", "next_step", "language"),
                name="case_next_to_claim",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("owner", "agent")), fields=["owner_agent"], name="case_held_by_agent"
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("reporter__isnull", False)),
                fields=["reporter", "-id"],
                name="case_history_of_reporter",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="case_merged_into"
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("unconfirmed_since__isnull", False)),
                fields=["rank", "due_at", "id"],
                name="case_unconfirmed",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("next_step", "referral")), fields=["rank", "due_at", "id"], name="case_referred"
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state__in", ("closed", "cancelled", "duplicate", "unmet")), _negated=True),
                fields=["level", "created_at"],
                include=(
                    "state",
                    "owner",
                    "next_step",
                    "category",
                    "district",
                    "due_at",
                    "held_until",
                    "unconfirmed_since",
                ),
                name="case_open_counted",
            ),
        ),
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(("promised_until__isnull", False)),
                fields=["promised_until"],
                include=("promise_kept",),
                name="case_promised_for",
            ),
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="case_claim_next",
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="case_claimed_by_agent",
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="case_open_by_age",
        ),
        RemoveIndexConcurrently(
            model_name="case",
            name="case_promised_until",
        ),
        migrations.AlterField(
            model_name="case",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="cases.category",
                verbose_name="category",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="district",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="cases.district",
                verbose_name="district",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="judged_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="cases.categoryversion",
                verbose_name="judged by version",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="line",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="hotline.line",
                verbose_name="line",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duplicates",
                to="cases.case",
                verbose_name="merged into",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="owner_agent",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cases",
                to=settings.AUTH_USER_MODEL,
                verbose_name="agent",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="cases.resident",
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="reporter",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reported_cases",
                to="cases.resident",
                verbose_name="asked for by",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="address",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cases.address",
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="category",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cases.category",
                verbose_name="category",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="district",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cases.district",
                verbose_name="district",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="intake_key",
            field=models.CharField(blank=True, max_length=80, null=True, verbose_name="made once per"),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="judged_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cases.categoryversion",
                verbose_name="judged by version",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="line",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="hotline.line",
                verbose_name="line",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cases.case",
                verbose_name="merged into",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="owner_agent",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="agent",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="person",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cases.resident",
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="historicalcase",
            name="reporter",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="cases.resident",
                verbose_name="asked for by",
            ),
        ),
        # an index tells what is there without a look at the table only where vacuum has been since the last change
        migrations.RunSQL(
            "alter table cases_case set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02,"
            " autovacuum_vacuum_insert_scale_factor = 0.05, fillfactor = 90)",
            "alter table cases_case reset (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor,"
            " autovacuum_vacuum_insert_scale_factor, fillfactor)",
        ),
    ]
