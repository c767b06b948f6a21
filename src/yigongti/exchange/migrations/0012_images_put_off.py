"""An image that was not taken is put off, longer each time."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0011_keepers'),
    ]

    operations = [
        migrations.AddField(
            model_name='studyinstance',
            name='due_at',
            field=models.DateTimeField(null=True),
        ),
    ]
