import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import guanxi.core.changes
import guanxi.core.fields
import guanxi.core.models.events
from guanxi.core.changes import track_changes


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0005_parties_and_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=40, unique=True, verbose_name="key")),
                ("label", models.CharField(max_length=80, verbose_name="label")),
                ("kind", models.CharField(max_length=10, verbose_name="kind")),
                ("help_text", models.CharField(blank=True, default="", max_length=200, verbose_name="help")),
                ("personal", models.BooleanField(default=False, verbose_name="personal")),
                ("position", models.IntegerField(default=0)),
                ("archived_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="FieldChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                ("position", models.IntegerField(default=0)),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="customers.customfield"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [models.UniqueConstraint(fields=("field", "label"), name="field_choice_once")],
            },
        ),
        migrations.CreateModel(
            name="FieldValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin_customer_id", models.BigIntegerField(null=True)),
                ("filled", models.BooleanField()),
                ("spare", models.BooleanField(default=False)),
                ("text", models.CharField(blank=True, default="", max_length=500)),
                ("sealed", guanxi.core.fields.SealedField(default=b"", editable=True)),
                ("number", models.DecimalField(decimal_places=6, max_digits=21, null=True)),
                ("day", models.DateField(null=True)),
                ("flag", models.BooleanField(null=True)),
                ("set_at", models.DateTimeField()),
                ("source", models.CharField(max_length=60)),
                (
                    "changed_xact",
                    guanxi.core.changes.ChangeMark(
                        db_default=guanxi.core.models.events.CurrentTransaction(), db_index=True, editable=False
                    ),
                ),
                (
                    "choice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="customers.fieldchoice",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customfield"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.comparison.Coalesce("origin_customer_id", "customer_id"),
                        models.F("field"),
                        name="field_value_once",
                    )
                ],
            },
        ),
        *track_changes("customers_fieldvalue"),
    ]
