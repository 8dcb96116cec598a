from django.db import migrations

from marketplace.kernel.triggers import InstallTriggers


class Migration(migrations.Migration):
    dependencies = [("netting", "0001_initial")]
    operations = [InstallTriggers("settlement.netting.guards")]
