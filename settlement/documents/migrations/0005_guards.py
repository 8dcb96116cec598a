from django.db import migrations

from marketplace.kernel.triggers import InstallTriggers


class Migration(migrations.Migration):
    dependencies = [("documents", "0004_initial")]
    operations = [InstallTriggers("settlement.documents.guards")]
