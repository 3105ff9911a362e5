import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_plain_words")]
    operations = [
        migrations.RemoveConstraint("touched", "touched_once"),
        migrations.RenameModel("Touched", "PendingDescribe"),
        migrations.AlterField(
            "pendingdescribe",
            "feed",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="pending_describes", to="inventory.eventfeed"
            ),
        ),
        migrations.AddConstraint(
            "pendingdescribe", models.UniqueConstraint(fields=("feed", "noun", "arn"), name="one_pending_describe")
        ),
    ]
