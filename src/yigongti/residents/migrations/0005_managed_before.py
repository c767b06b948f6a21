"""Who managed somebody before they were moved."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_stationings_and_beds'),
        ('residents', '0004_matching'),
    ]

    operations = [
        migrations.CreateModel(
            name='ManagedBefore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateField()),
                ('managing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.institution')),
                ('resident', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.resident')),
            ],
            options={
                'indexes': [models.Index(fields=['resident', 'until'], name='managed_before')],
            },
        ),
    ]
