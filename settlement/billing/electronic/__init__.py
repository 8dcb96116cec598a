"""The marketplace's own invoices in electronic form: a library without tables. Pure: no Django, no clock."""
