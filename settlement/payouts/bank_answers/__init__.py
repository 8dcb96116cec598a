"""What a bank answers, read: statements, notices and status reports. Pure but for ``reading``: no Django."""
