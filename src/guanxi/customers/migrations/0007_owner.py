"""Who looks after a customer, with a mark of change of its own beside that of the other columns."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MARK = """
CREATE TRIGGER customers_customer_mark_owner BEFORE UPDATE OF owner_id ON customers_customer
  FOR EACH ROW EXECUTE FUNCTION guanxi_mark_change();
"""
NO_MARK = "DROP TRIGGER customers_customer_mark_owner ON customers_customer;"


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_fields"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("owner__isnull", False)), fields=["owner", "-id"], name="customer_owner"
            ),
        ),
        migrations.RunSQL(MARK, NO_MARK),
    ]
