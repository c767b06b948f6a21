"""By when an opening must be reviewed, and when those above were told; what waits already gets two days."""

from django.db import migrations, models


DUE = "UPDATE access_opening SET review_by = opened_at + interval '2 days' WHERE review = 'due'"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [
        migrations.AddField("opening", "escalated_at", models.DateTimeField(null=True)),
        migrations.AddField("opening", "review_by", models.DateTimeField(null=True)),
        migrations.RunSQL(DUE, migrations.RunSQL.noop),
    ]
