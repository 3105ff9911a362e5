from django.db import migrations, models

from ecsdash.web.tables import trigrams


class Migration(migrations.Migration):
    """Indexes for pages of the audit list, which are ordered by a column and the primary key."""

    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.RemoveIndex("auditevent", "audit_actor"),
        migrations.RemoveIndex("auditevent", "audit_action"),
        migrations.AddIndex("auditevent", models.Index(fields=["actor_name", "id"], name="audit_actor_id")),
        migrations.AddIndex("auditevent", models.Index(fields=["action", "id"], name="audit_action_id")),
        migrations.AddIndex("auditevent", models.Index(fields=["outcome", "id"], name="audit_outcome_id")),
        trigrams.index(
            "audit_trigrams",
            "audit_auditevent",
            ["actor_name", "action", "cluster", "service", "resource_name", "resource_arn", "reason"],
        ),
    ]
