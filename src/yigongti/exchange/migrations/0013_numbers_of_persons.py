"""A sender's number may have been given to several people, and may begin anew each day or year."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0012_images_put_off'),
        ('residents', '0005_managed_before'),
    ]

    operations = [
        migrations.AddField(
            model_name='sender',
            name='numbers_restart',
            field=models.CharField(blank=True, db_default='', default='', max_length=4),
        ),
        migrations.AddConstraint(
            model_name='sender',
            constraint=models.CheckConstraint(
                condition=models.Q(('numbers_restart__in', ('', 'day', 'year'))), name='sender_numbers_restart'
            ),
        ),
        migrations.AddField(
            model_name='knownentry',
            name='resident',
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+',
                to='residents.resident',
            ),
        ),
        migrations.AddConstraint(
            model_name='knownentry',
            constraint=models.UniqueConstraint(
                fields=('sender', 'kind', 'value', 'resident'), nulls_distinct=False, name='known_entry_of'
            ),
        ),
        migrations.RemoveConstraint(
            model_name='knownentry',
            name='known_entry_once',
        ),
    ]
