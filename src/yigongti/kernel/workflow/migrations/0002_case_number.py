"""The county's running number of cases."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE workflow_case_number", "DROP SEQUENCE workflow_case_number"),
    ]
