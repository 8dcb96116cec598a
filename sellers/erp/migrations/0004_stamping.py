from django.db import migrations, models

from marketplace.kernel.triggers import InstallTriggers


class Migration(migrations.Migration):

    dependencies = [
        ('erp', '0003_lists_by_their_order'),
    ]

    operations = [
        migrations.AddField(
            model_name='erpinvoice',
            name='to_stamp',
            field=models.BooleanField(default=False, verbose_name='stamp asked for'),
        ),
        InstallTriggers("sellers.erp.guards"),
    ]
