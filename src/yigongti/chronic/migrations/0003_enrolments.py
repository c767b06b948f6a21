"""Who is under management for a disease, from day to day."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import yigongti.kernel.access.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chronic', '0002_special_classes'),
        ('organisations', '0005_stationings_and_beds'),
        ('residents', '0005_managed_before'),
    ]

    operations = [
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('disease', models.CharField(max_length=24)),
                ('begins', models.DateField()),
                ('ends', models.DateField(null=True)),
                ('source', models.CharField(max_length=40)),
                ('managing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.institution')),
                ('resident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.resident')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('disease__in', ('hypertension', 'diabetes', 'copd', 'coronary', 'chd', 'stroke', 'cancer'))), name='enrolment_disease'), models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('begins')), _connector='OR'), name='enrolment_dates'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('resident', '='), ('disease', '='), (yigongti.kernel.access.models.DateRange('begins', 'ends', models.Value('[]')), '&&')], name='enrolment_once_at_a_time')],
            },
        ),
    ]
