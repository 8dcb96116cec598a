"""Markets, sellers and logins in the back office."""

from marketplace.parties.admin import logins, sellers

__all__ = ["logins", "sellers"]
