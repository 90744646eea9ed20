import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import guanxi.core.changes
import guanxi.core.fields
import guanxi.core.models.events


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("channel", models.CharField(default="email", max_length=12, verbose_name="channel")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("marketing", "Marketing"), ("service", "Service")],
                        default="marketing",
                        max_length=12,
                        verbose_name="purpose",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("message_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("content", guanxi.core.fields.SealedField(default=b"", editable=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["-at", "-message_id"], name="outbox_recent")],
            },
        ),
        migrations.CreateModel(
            name="PausedSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source_kind", models.CharField(max_length=20)),
                ("source_id", models.BigIntegerField()),
                ("paused_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source_kind", "source_id"), name="paused_source_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SoftBounces",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=12)),
                ("digest", models.UUIDField()),
                ("count", models.SmallIntegerField(default=0)),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("digest", "channel"), name="soft_bounces_once")],
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mjml", "MJML (looks right in every mail program)"),
                            ("html", "HTML"),
                            ("text", "Plain text"),
                        ],
                        default="mjml",
                        max_length=4,
                        verbose_name="body",
                    ),
                ),
                ("subject", models.CharField(max_length=300, verbose_name="subject")),
                ("preheader", models.CharField(blank=True, default="", max_length=300, verbose_name="preview line")),
                ("source", models.TextField(verbose_name="source")),
                ("text_source", models.TextField(blank=True, default="", verbose_name="plain text")),
                ("html", models.TextField(blank=True, default="")),
                ("text", models.TextField(blank=True, default="")),
                (
                    "links",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="messaging.messagetemplate",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("template", "number"), name="template_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("customer_id", models.BigIntegerField()),
                ("channel", models.CharField(max_length=12)),
                ("purpose", models.CharField(max_length=12)),
                ("source_kind", models.CharField(max_length=20)),
                ("source_id", models.BigIntegerField()),
                ("variant_id", models.BigIntegerField(null=True)),
                ("idempotency_key", models.CharField(max_length=120)),
                ("track", models.BooleanField(default=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("skipped", "Left out"),
                            ("failed", "Failed"),
                            ("bounced", "Bounced"),
                            ("uncertain", "Uncertain"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_consent", "No consent"),
                            ("suppressed", "Address on the suppression list"),
                            ("no_address", "No usable address"),
                            ("cancelled", "Cancelled before it was sent"),
                            ("template", "The template could not be filled in"),
                            ("retry", "The receiving server asked to try again later"),
                            ("connection", "The connection to the mail server broke; tried again"),
                            ("gave_up", "Tried too often without success"),
                            ("unknown_user", "The address does not exist"),
                            ("refused", "The receiving server refused it"),
                            ("cut_off", "Cut off in the last step: it may or may not have arrived"),
                            ("hard_bounce", "Came back: the address does not exist"),
                            ("soft_bounce", "Came back for a passing reason"),
                            ("policy", "Came back: refused by the receiving server's rules"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("reply_code", models.CharField(blank=True, default="", max_length=16)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("not_before", models.DateTimeField()),
                ("created_at", models.DateTimeField()),
                ("claimed_by", models.UUIDField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("clicked_at", models.DateTimeField(null=True)),
                ("bounced_at", models.DateTimeField(null=True)),
                ("unsubscribed_at", models.DateTimeField(null=True)),
                (
                    "links_clicked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SmallIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "changed_xact",
                    guanxi.core.changes.ChangeMark(
                        db_default=guanxi.core.models.events.CurrentTransaction(), db_index=True, editable=False
                    ),
                ),
                (
                    "template_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="messaging.templateversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer_id", "-id"], name="message_customer"),
                    models.Index(fields=["source_kind", "source_id", "-id"], name="message_source"),
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["source_kind", "source_id", "not_before", "id"],
                        name="message_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")), fields=["claimed_by"], name="message_claimed"
                    ),
                    models.Index(condition=models.Q(("state", "uncertain")), fields=["-id"], name="message_uncertain"),
                ],
                "constraints": [models.UniqueConstraint(fields=("idempotency_key",), name="message_once")],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=12)),
                ("digest", models.UUIDField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("hard_bounce", "Address does not exist"),
                            ("soft_bounces", "Came back too often"),
                            ("complaint", "Reported as spam"),
                            ("manual", "Added by hand"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=200)),
                ("message_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-at", "-id"], name="suppression_recent")],
                "constraints": [models.UniqueConstraint(fields=("digest", "channel"), name="suppression_once")],
            },
        ),
    ]
