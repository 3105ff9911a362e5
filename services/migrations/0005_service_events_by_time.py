from django.db import migrations, models


class Migration(migrations.Migration):
    """Old events are found by their time when they are pruned."""

    dependencies = [("services", "0004_list_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="serviceevent", index=models.Index(fields=["created_at"], name="services_se_created_a5f522_idx")
        ),
    ]
