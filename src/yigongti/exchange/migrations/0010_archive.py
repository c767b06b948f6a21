"""Which image lies in which image archive; those of before wait for the day there is one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0009_resources_of_a_sender'),
    ]

    operations = [
        migrations.CreateModel(
            name='KnownArchive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=200, unique=True)),
                ('tries', models.IntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=16)),
                ('silent_since', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'exchange_archive',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('tries__gte', 0)), name='archive_tries'),
                ],
            },
        ),
        migrations.AddField(
            model_name='studyinstance',
            name='archive',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.knownarchive'),
        ),
        migrations.AddField(
            model_name='studyinstance',
            name='copy',
            field=models.CharField(default='queued', max_length=8),
        ),
        migrations.AddField(
            model_name='studyinstance',
            name='tries',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='studyinstance',
            name='words',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddConstraint(
            model_name='studyinstance',
            constraint=models.CheckConstraint(condition=models.Q(('copy__in', ('queued', 'held', 'declined'))), name='study_instance_copy'),
        ),
        migrations.AddIndex(
            model_name='studyinstance',
            index=models.Index(condition=models.Q(('copy', 'queued')), fields=['tries', 'id'], name='study_instance_queue'),
        ),
        migrations.AddIndex(
            model_name='studyinstance',
            index=models.Index(condition=models.Q(('copy', 'declined')), fields=['id'], name='study_instance_declined'),
        ),
    ]
