from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0009_notes"),
    ]

    operations = [
        migrations.AddField(
            model_name="customertag",
            name="by_rule",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="tag",
            name="deleted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="customertag",
            index=models.Index(
                condition=models.Q(("by_rule__isnull", False)), fields=["by_rule"], name="customer_tag_by_rule"
            ),
        ),
    ]
