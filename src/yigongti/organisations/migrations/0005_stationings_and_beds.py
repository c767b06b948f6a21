"""Who works where they are stationed; and how many beds an institution had open before their number changed."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import yigongti.kernel.access.models
from django.db import migrations, models


KEEP_BEDS = """
CREATE FUNCTION organisations_keep_beds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO organisations_bedcount (institution_id, beds, until)
    VALUES (OLD.unit_id, OLD.beds_open, (now() AT TIME ZONE 'Asia/Shanghai')::date)
    ON CONFLICT DO NOTHING;  -- of one day the first number is that of the day before
    RETURN NULL;
END $$;
CREATE TRIGGER organisations_keep_beds AFTER UPDATE OF beds_open ON organisations_institution
FOR EACH ROW WHEN (OLD.beds_open IS DISTINCT FROM NEW.beds_open) EXECUTE FUNCTION organisations_keep_beds();
"""
FORGET = """
DROP TRIGGER organisations_keep_beds ON organisations_institution;
DROP FUNCTION organisations_keep_beds();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0004_divisions'),
    ]

    operations = [
        migrations.CreateModel(
            name='BedCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('beds', models.IntegerField()),
                ('until', models.DateField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.institution')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('institution', 'until'), name='bed_count_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Stationing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins', models.DateField()),
                ('ends', models.DateField(blank=True, null=True)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.institution')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.staff')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gte', models.F('begins')), _connector='OR'), name='stationing_dates'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('staff', '='), (yigongti.kernel.access.models.DateRange('begins', 'ends', models.Value('[]')), '&&')], name='stationing_one_at_a_time')],
            },
        ),
        migrations.RunSQL(KEEP_BEDS, FORGET),
    ]
