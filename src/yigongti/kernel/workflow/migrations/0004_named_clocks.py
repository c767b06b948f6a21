"""Clocks by the name of their timer, not by its place in the page; cases found by the end of their number."""

from django.db import migrations, models
from django.db.models.functions import Right


class Migration(migrations.Migration):
    dependencies = [("workflow", "0003_case_classes")]
    operations = [
        migrations.AlterField("clock", "timer", models.SmallIntegerField(default=-1)),
        migrations.AddField("clock", "name", models.CharField(blank=True, db_default="", max_length=100)),
        migrations.AddField("clock", "note", models.CharField(blank=True, db_default="", max_length=200)),
        migrations.AddIndex("case", models.Index(Right("number", 4), name="case_number_end")),
    ]
