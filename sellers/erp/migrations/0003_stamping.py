from django.db import migrations, models

from marketplace.kernel.triggers import InstallTriggers


class Migration(migrations.Migration):

    dependencies = [
        ('erp', '0002_readings'),
    ]

    operations = [
        migrations.AddField(
            model_name='erpinvoice',
            name='to_stamp',
            field=models.BooleanField(default=False, verbose_name='stamp asked for'),
        ),
        InstallTriggers("sellers.erp.guards"),
    ]
