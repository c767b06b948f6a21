"""Whether the agreement of a social-run member opens the record as between public ones (R3)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]
    operations = [migrations.AddField("membership", "shares_record", models.BooleanField(db_default=False, default=False))]
