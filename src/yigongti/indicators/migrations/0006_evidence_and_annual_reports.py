import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


# What somebody else has confirmed is changed by nobody, and nothing is confirmed without a file that proves it.
FORWARD = """
CREATE FUNCTION indicators_refuse_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL
    THEN RAISE EXCEPTION 'a confirmed judgement cannot be changed' USING ERRCODE = '23514'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.confirmed_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM indicators_evidence WHERE judgement_id = NEW.id)
    THEN RAISE EXCEPTION 'nothing is confirmed without evidence' USING ERRCODE = '23514'; END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION indicators_refuse_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held boolean;
BEGIN
    SELECT true INTO held FROM indicators_judgement
    WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.judgement_id ELSE OLD.judgement_id END AND confirmed_at IS NOT NULL;
    IF held THEN RAISE EXCEPTION 'evidence of a confirmed judgement stays' USING ERRCODE = '23514'; END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER indicators_judgement_stays BEFORE UPDATE OR DELETE ON indicators_judgement
    FOR EACH ROW EXECUTE FUNCTION indicators_refuse_confirmed();
CREATE TRIGGER indicators_evidence_stays BEFORE INSERT OR UPDATE OR DELETE ON indicators_evidence
    FOR EACH ROW EXECUTE FUNCTION indicators_refuse_evidence();
"""
BACKWARD = """
DROP TRIGGER indicators_judgement_stays ON indicators_judgement;
DROP TRIGGER indicators_evidence_stays ON indicators_evidence;
DROP FUNCTION indicators_refuse_confirmed();
DROP FUNCTION indicators_refuse_evidence();
"""
PERIOD = "^[0-9]{4}(-[0-9]{2}|-Q[1-4])?$"


def to(model: str, **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=model, **more)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_review_in_time"),
        ("files", "0001_initial"),
        ("workflow", "0004_named_clocks"),
        ("indicators", "0005_runs_say_by_which_definitions"),
    ]
    operations = [
        migrations.AddField("judgement", "confirmed_at", models.DateTimeField(null=True)),
        migrations.AddField("judgement", "confirmed_by", to("access.post", null=True)),
        migrations.AddConstraint(
            "judgement",
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="judgement_confirmed_whole",
            ),
        ),
        migrations.CreateModel(
            "Evidence",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("by", to("access.post")),
                ("file", to("files.storedfile")),
                (
                    "judgement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="indicators.judgement"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "evidence", models.UniqueConstraint(fields=["judgement", "file"], name="evidence_once")
        ),
        migrations.CreateModel(
            "AnnualReport",
            [
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+",
                        serialize=False, to="workflow.case",
                    ),
                ),
                ("year", models.SmallIntegerField()),
                ("remind_on", models.DateField()),
                ("due_on", models.DateField()),
                ("period", models.CharField(blank=True, max_length=8)),
                ("back", models.TextField(blank=True)),
                (
                    "brief",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="report",
                        to="indicators.brief",
                    ),
                ),
                ("signed_version", models.SmallIntegerField(null=True)),
                ("place", to("access.unit")),
            ],
        ),
        migrations.AddConstraint(
            "annualreport", models.UniqueConstraint(fields=["place", "year"], name="annual_report_once")
        ),
        migrations.AddConstraint(
            "annualreport",
            models.CheckConstraint(
                condition=Q(period="") | Q(period__regex=PERIOD), name="annual_report_period"
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
