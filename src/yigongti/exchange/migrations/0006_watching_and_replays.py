"""Replays, coverage with its expectations, rhythms, and the codes of senders; two more kinds of entry are known by number."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_review_in_time'),
        ('exchange', '0005_fhir_store'),
        ('record', '0003_attachments'),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeMeaning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('series', models.CharField(blank=True, max_length=40)),
                ('factor', models.DecimalField(decimal_places=9, default=1, max_digits=18)),
                ('begins', models.DateField()),
                ('reason', models.CharField(max_length=200)),
                ('decided_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Coverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact', models.CharField(max_length=24)),
                ('month', models.DateField()),
                ('expected', models.IntegerField(null=True)),
                ('expected_by', models.CharField(blank=True, max_length=8)),
                ('received', models.IntegerField()),
                ('waiting', models.IntegerField()),
                ('last_arrival', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Expectation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fact', models.CharField(max_length=24)),
                ('begins', models.DateField()),
                ('expected', models.IntegerField(null=True)),
                ('reason', models.CharField(max_length=200)),
                ('decided_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='LocalCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('count', models.IntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('told', models.CharField(max_length=200)),
                ('scope', models.JSONField(default=dict)),
                ('upto', models.BigIntegerField()),
                ('reached', models.BigIntegerField(default=0)),
                ('total', models.IntegerField()),
                ('tried', models.IntegerField(default=0)),
                ('applied', models.IntegerField(default=0)),
                ('state', models.CharField(default='running', max_length=12)),
                ('asked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Rhythm',
            fields=[
                ('sender', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='exchange.sender')),
                ('usual_gap', models.DurationField()),
                ('counted_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='knownentry',
            name='known_entry_kind',
        ),
        migrations.AddConstraint(
            model_name='knownentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('visit', 'report', 'result', 'document', 'vaccination', 'recording', 'resource', 'allergy', 'measured'))), name='known_entry_kind'),
        ),
        migrations.AddField(
            model_name='codemeaning',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.post'),
        ),
        migrations.AddField(
            model_name='codemeaning',
            name='sender',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender'),
        ),
        migrations.AddField(
            model_name='coverage',
            name='sender',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender'),
        ),
        migrations.AddField(
            model_name='expectation',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.post'),
        ),
        migrations.AddField(
            model_name='expectation',
            name='sender',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender'),
        ),
        migrations.AddField(
            model_name='localcode',
            name='sender',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchange.sender'),
        ),
        migrations.AddField(
            model_name='replay',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.post'),
        ),
        migrations.AddIndex(
            model_name='codemeaning',
            index=models.Index(fields=['sender', 'code', 'unit', 'begins'], name='code_meaning_of'),
        ),
        migrations.AddIndex(
            model_name='coverage',
            index=models.Index(fields=['month', 'fact'], name='coverage_of_month'),
        ),
        migrations.AddConstraint(
            model_name='coverage',
            constraint=models.UniqueConstraint(fields=('sender', 'fact', 'month'), name='coverage_once'),
        ),
        migrations.AddIndex(
            model_name='expectation',
            index=models.Index(fields=['sender', 'fact', 'begins', 'id'], name='expectation_of'),
        ),
        migrations.AddConstraint(
            model_name='localcode',
            constraint=models.UniqueConstraint(fields=('sender', 'code', 'unit'), name='local_code_once'),
        ),
        migrations.AddIndex(
            model_name='replay',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['id'], name='replay_busy'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('selection', 'rule', 'day', 'codes'))), name='replay_kind'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('running', 'cancelled', 'done'))), name='replay_state'),
        ),
    ]
