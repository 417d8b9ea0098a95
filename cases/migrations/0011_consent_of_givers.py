from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_partners")]

    operations = [
        migrations.AddField(
            model_name="historicaloffer",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="asked"),
        ),
        migrations.AddField(
            model_name="historicaloffer",
            name="asked_number",
            field=models.CharField(blank=True, db_default="", max_length=30, verbose_name="asked under"),
        ),
        migrations.AddField(
            model_name="historicaloffer",
            name="consent",
            field=models.BooleanField(blank=True, null=True, verbose_name="agrees"),
        ),
        migrations.AddField(
            model_name="offer",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="asked"),
        ),
        migrations.AddField(
            model_name="offer",
            name="asked_number",
            field=models.CharField(blank=True, db_default="", max_length=30, verbose_name="asked under"),
        ),
        migrations.AddField(
            model_name="offer",
            name="consent",
            field=models.BooleanField(blank=True, null=True, verbose_name="agrees"),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(
                condition=models.Q(("asked_at__isnull", False), ("consent__isnull", True)),
                fields=["asked_number", "-asked_at"],
                name="offer_asked_under_number",
            ),
        ),
        migrations.AddIndex(
            model_name="offer",
            index=models.Index(condition=models.Q(("state", "open")), fields=["id"], name="offer_open"),
        ),
    ]
