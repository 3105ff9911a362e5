from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [("services", "0016_target_group_attributes_functions_alarms")]

    operations = [
        migrations.AddField(
            model_name="repository",
            name="images",
            field=models.JSONField(db_default=Value([], models.JSONField()), default=list),
        )
    ]
