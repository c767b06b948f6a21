"""Areas of townships as imported, from day to day."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import yigongti.kernel.access.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_stationings_and_beds'),
    ]

    operations = [
        migrations.CreateModel(
            name='TownshipArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('code', models.CharField(blank=True, max_length=9)),
                ('rings', models.JSONField()),
                ('source', models.CharField(max_length=200)),
                ('begins', models.DateField()),
                ('ends', models.DateField(blank=True, null=True)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.institution')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gte', models.F('begins')), _connector='OR'), name='township_area_dates'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='township_area_source'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('institution', '='), (yigongti.kernel.access.models.DateRange('begins', 'ends', models.Value('[]')), '&&')], name='township_area_one_at_a_time')],
            },
        ),
    ]
