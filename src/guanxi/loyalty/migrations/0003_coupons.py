import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import guanxi.core.changes
import guanxi.core.models.events
from guanxi.core.changes import track_changes

LEDGER = """
CREATE FUNCTION guanxi_coupon_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free text[] := ARRAY['customer_id', 'changed_xact'];
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER loyalty_couponredemption_append_only BEFORE UPDATE OR DELETE ON loyalty_couponredemption
  FOR EACH ROW EXECUTE FUNCTION guanxi_coupon_ledger();
"""
NO_LEDGER = """
DROP TRIGGER loyalty_couponredemption_append_only ON loyalty_couponredemption;
DROP FUNCTION guanxi_coupon_ledger();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0002_points"),
        ("core", "0002_event_log_and_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Coupon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=40)),
                ("params", models.JSONField(default=dict)),
                ("conditions", models.JSONField(default=dict)),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "In use"),
                            ("paused", "Paused"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        max_length=8,
                    ),
                ),
                (
                    "code_style",
                    models.CharField(
                        choices=[("shared", "One code for everybody"), ("unique", "A code of its own for each")],
                        default="shared",
                        max_length=8,
                    ),
                ),
                ("shared_code", models.CharField(db_collation="C", max_length=24, null=True)),
                ("prefix", models.CharField(blank=True, default="", max_length=8)),
                ("holders_only", models.BooleanField(default=False)),
                ("exclusive", models.BooleanField(default=False)),
                ("stack_group", models.CharField(blank=True, default="", max_length=40)),
                ("limit_total", models.BigIntegerField(null=True)),
                ("limit_per_customer", models.IntegerField(null=True)),
                ("valid_from", models.DateTimeField(null=True)),
                ("valid_until", models.DateTimeField(null=True)),
                ("valid_days", models.IntegerField(null=True)),
                (
                    "give_back",
                    models.CharField(
                        choices=[
                            ("full", "when all of the order is cancelled or refunded"),
                            ("any", "as soon as anything of the order is refunded"),
                            ("never", "never"),
                        ],
                        default="full",
                        max_length=5,
                    ),
                ),
                ("uses", models.BigIntegerField(default=0)),
                ("issued", models.BigIntegerField(default=0)),
                ("codes", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "changed_xact",
                    guanxi.core.changes.ChangeMark(
                        db_default=guanxi.core.models.events.CurrentTransaction(), db_index=True, editable=False
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="coupon_recent"),
                    models.Index(fields=["state", "-created_at"], name="coupon_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shared_code",), name="coupon_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("uses__gte", 0),
                            models.Q(
                                ("limit_total__isnull", True), ("uses__lte", models.F("limit_total")), _connector="OR"
                            ),
                        ),
                        name="coupon_within_limit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CouponBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(blank=True, default="", max_length=120)),
                ("segment_id", models.BigIntegerField(null=True)),
                ("wanted", models.BigIntegerField(null=True)),
                ("made", models.BigIntegerField(default=0)),
                ("job_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "coupon",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="loyalty.coupon"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["coupon", "-created_at"], name="coupon_batch_recent")],
            },
        ),
        migrations.CreateModel(
            name="IssuedCoupon",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(db_collation="C", max_length=24, null=True)),
                ("customer_id", models.BigIntegerField(null=True)),
                ("origin_customer_id", models.BigIntegerField(null=True)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("voided_at", models.DateTimeField(null=True)),
                (
                    "changed_xact",
                    guanxi.core.changes.ChangeMark(
                        db_default=guanxi.core.models.events.CurrentTransaction(), db_index=True, editable=False
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.couponbatch",
                    ),
                ),
                (
                    "coupon",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.coupon",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["coupon", "-id"], name="issued_coupon_recent"),
                    models.Index(
                        condition=models.Q(("customer_id__isnull", False)),
                        fields=["customer_id", "coupon"],
                        name="issued_coupon_customer",
                    ),
                    models.Index(
                        condition=models.Q(("customer_id__isnull", False)),
                        fields=["changed_xact"],
                        name="issued_coupon_changed",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("code",), name="issued_coupon_code_once")],
            },
        ),
        migrations.CreateModel(
            name="CouponRedemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_key", models.CharField(max_length=160)),
                ("number", models.SmallIntegerField(default=1)),
                ("digest", models.UUIDField()),
                ("customer_id", models.BigIntegerField(null=True)),
                ("origin_customer_id", models.BigIntegerField(null=True)),
                ("shop_id", models.BigIntegerField(null=True)),
                ("order_number", models.CharField(blank=True, default="", max_length=100)),
                ("currency", models.CharField(max_length=3)),
                ("uses", models.SmallIntegerField()),
                ("basket_total", models.BigIntegerField()),
                ("discount", models.BigIntegerField()),
                ("shipping_discount", models.BigIntegerField()),
                ("lines", models.JSONField(default=list)),
                ("gifts", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                (
                    "changed_xact",
                    guanxi.core.changes.ChangeMark(
                        db_default=guanxi.core.models.events.CurrentTransaction(), db_index=True, editable=False
                    ),
                ),
                (
                    "coupon",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.coupon",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="loyalty.couponredemption",
                    ),
                ),
                (
                    "issued",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="loyalty.issuedcoupon",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["coupon", "-at", "-id"], name="coupon_redemption_recent"),
                    models.Index(fields=["customer_id", "coupon"], name="coupon_redemption_customer"),
                    models.Index(fields=["shop_id", "order_number"], name="coupon_redemption_order"),
                    models.Index(fields=["issued"], name="coupon_redemption_issued"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("request_key", "number"), name="coupon_redemption_once")
                ],
            },
        ),
        *track_changes("loyalty_coupon", "loyalty_issuedcoupon", "loyalty_couponredemption"),
        migrations.RunSQL(LEDGER, NO_LEDGER),
    ]
