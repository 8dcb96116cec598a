"""Taking mails apart in a process of their own. Pure: no Django."""
