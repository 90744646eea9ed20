from django.db import migrations, models

COUNT = """
UPDATE commerce_order o SET pieces = l.pieces
FROM (SELECT order_id, sum(quantity) AS pieces FROM commerce_orderline GROUP BY order_id) l
WHERE l.order_id = o.id
"""


class Migration(migrations.Migration):
    dependencies = [("commerce", "0003_origin_of_merged")]

    operations = [
        migrations.AddField(model_name="order", name="pieces", field=models.FloatField(db_default=0)),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
