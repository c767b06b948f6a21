"""What was learned of likeness, runs over the whole index, and what a suspicion weighs."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0003_sweeps")]

    operations = [
        migrations.CreateModel(
            name="MatchWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins", models.DateField()),
                ("body", models.JSONField()),
                ("source", models.CharField(max_length=200)),
                ("rows", models.IntegerField()),
                ("learned_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="match_weights_have_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("weights", models.CharField(max_length=240)),
                ("rows", models.IntegerField()),
                ("likely", models.IntegerField()),
                ("raised", models.IntegerField()),
                ("reopened", models.IntegerField()),
                ("measured", models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(model_name="suspicion", name="weight", field=models.IntegerField(null=True)),
        migrations.AddField(
            model_name="suspicion", name="first", field=models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddField(
            model_name="suspicion",
            name="decided_facts",
            field=models.CharField(max_length=32, blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="suspicion",
            name="rank",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    models.F("score"),
                    "+",
                    models.Case(models.When(first=True, then=models.Value(100)), default=models.Value(0)),
                ),
                output_field=models.SmallIntegerField(),
            ),
        ),
        migrations.RemoveIndex(model_name="suspicion", name="suspicion_open"),
        migrations.AddIndex(
            model_name="suspicion",
            index=models.Index(
                condition=models.Q(("verdict", "open")), fields=["-rank", "id"], name="suspicion_open_rank"
            ),
        ),
    ]
