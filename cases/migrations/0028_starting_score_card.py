"""A score card to begin with; supervisors change it in the admin. Data only."""

from django.db import migrations

# (in Chinese, in English, weight, critical)
STARTING = [
    ("有没有听完，没有打断？", "Was the person heard out?", 1, False),
    ("该问的都问了吗（还剩多少、谁在家、地址）？", "Was everything asked (what is left, who lives there, the address)?", 3, False),
    ("遇到危急情况，先让对方打 120 了吗？", "With a red flag, was 120 named first?", 3, True),
    ("等级和类别判得对吗？", "Are level and category right?", 2, False),
    ("说了实话：能不能、什么时候？", "Was the truth told: whether, and by when?", 3, False),
    ("答应的事做了吗？", "Was what was promised done?", 2, False),
    ("记录别人看得懂吗？", "Can a colleague follow what is written down?", 1, False),
]


def card(apps, schema_editor):
    Criterion = apps.get_model("cases", "Criterion")
    if not Criterion.objects.exists():
        Criterion.objects.bulk_create(
            [
                Criterion(words=zh, words_en=en, weight=weight, critical=critical, order=10 * n)
                for n, (zh, en, weight, critical) in enumerate(STARTING, 1)
            ]
        )


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_index_of_endings")]

    operations = [migrations.RunPython(card, migrations.RunPython.noop)]
