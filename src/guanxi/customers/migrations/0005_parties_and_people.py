import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import guanxi.core.changes
import guanxi.core.fields
import guanxi.core.models.events
from guanxi.core.changes import track_changes


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_identifier_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CompanyKey",
            fields=[
                ("digest", models.UUIDField(primary_key=True, serialize=False)),
                ("origin_customer_id", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PeopleBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("fair", "Trade fair"),
                            ("event", "Event or seminar"),
                            ("field", "Visits and meetings"),
                            ("address_book", "Address book"),
                            ("list", "List"),
                            ("other", "Other"),
                        ],
                        default="list",
                        max_length=14,
                    ),
                ),
                ("occurred_on", models.DateField()),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("consumer", "Consumer"),
                            ("business_buyer", "Business buyer"),
                            ("distributor", "Distributor"),
                            ("retailer", "Retailer"),
                            ("supplier", "Supplier"),
                            ("partner", "Partner"),
                            ("internal", "Internal department"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                (
                    "consent_channels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("consent_how", models.CharField(blank=True, default="", max_length=200)),
                ("country", models.CharField(default="CN", max_length=2)),
                ("created_at", models.DateTimeField()),
                (
                    "changed_xact",
                    guanxi.core.changes.ChangeMark(
                        db_default=guanxi.core.models.events.CurrentTransaction(), db_index=True, editable=False
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-occurred_on", "-id"], name="people_batch_recent")],
            },
        ),
        migrations.CreateModel(
            name="PeopleFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reader", models.CharField(max_length=40)),
                ("file_name", models.CharField(max_length=200)),
                ("stored_path", models.CharField(blank=True, default="", max_length=300)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                ("job_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("portions", models.IntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("customers_created", models.BigIntegerField(default=0)),
                ("customers_matched", models.BigIntegerField(default=0)),
                ("companies_created", models.BigIntegerField(default=0)),
                ("unchanged", models.BigIntegerField(default=0)),
                ("rejected", models.BigIntegerField(default=0)),
                ("seconds", models.FloatField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["-created_at"], name="people_file_recent")],
            },
        ),
        migrations.CreateModel(
            name="PeopleMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin_customer_id", models.BigIntegerField(null=True)),
                ("digest", models.UUIDField()),
                ("created", models.BooleanField()),
                ("remark", guanxi.core.fields.SealedField(default=b"", editable=True)),
                ("at", models.DateTimeField()),
                (
                    "changed_xact",
                    guanxi.core.changes.ChangeMark(
                        db_default=guanxi.core.models.events.CurrentTransaction(), db_index=True, editable=False
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["digest"], name="people_member_digest")],
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("origin_customer_id", models.BigIntegerField(null=True)),
                ("to_origin_id", models.BigIntegerField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("contact_of", "works at"), ("child_of", "belongs to"), ("member_of", "lives in")],
                        max_length=12,
                    ),
                ),
                ("title", models.CharField(blank=True, default="", max_length=120)),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="customer",
            name="own_roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="party",
            field=models.CharField(
                choices=[("person", "Person"), ("company", "Company"), ("household", "Household")],
                db_default="person",
                default="person",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("roles", []), _negated=True), fields=["roles"], name="customer_roles"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("party", "person"), _negated=True), fields=["party", "-id"], name="customer_party"
            ),
        ),
        migrations.AddField(
            model_name="companykey",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="peoplebatch",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="peoplefile",
            name="batch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="files", to="customers.peoplebatch"
            ),
        ),
        migrations.AddField(
            model_name="peoplefile",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="peoplemember",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="members",
                to="customers.peoplebatch",
            ),
        ),
        migrations.AddField(
            model_name="peoplemember",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="peoplemember",
            name="file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="customers.peoplefile"
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="relation",
            name="to",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddIndex(
            model_name="peoplemember",
            index=models.Index(fields=["batch", "-id"], name="people_member_batch"),
        ),
        migrations.AddConstraint(
            model_name="peoplemember",
            constraint=models.UniqueConstraint(fields=("batch", "digest"), name="people_member_once"),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce("origin_customer_id", "customer_id"),
                django.db.models.functions.comparison.Coalesce("to_origin_id", "to_id"),
                models.F("kind"),
                name="customer_relation_once",
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER customers_customer_mark_party BEFORE UPDATE OF party, roles, own_roles"
            " ON customers_customer FOR EACH ROW EXECUTE FUNCTION guanxi_mark_change();",
            "DROP TRIGGER customers_customer_mark_party ON customers_customer;",
        ),
        *track_changes("customers_peoplebatch", "customers_peoplemember"),
    ]
