from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publichealth", "0001_certificates")]

    operations = [
        migrations.AddField(
            model_name="birth",
            name="contradiction",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
