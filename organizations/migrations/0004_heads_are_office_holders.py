from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organizations", "0003_what_is_held_already")]

    operations = [
        migrations.RemoveField(model_name="organization", name="head_name"),
        migrations.RemoveField(model_name="organization", name="head_title"),
    ]
