"""Who may act for a seller, and as what."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models.sellers import Seller


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    FINANCE = "finance", _("Finance")
    OPERATIONS = "operations", _("Operations")
    VIEWER = "viewer", _("Viewer")

    def allows(self, needed: "Role") -> bool:
        """Whether a member with this role may do what another role is needed for."""
        return needed in ALLOWED[self]


ALLOWED: Mapping[Role, frozenset[Role]] = {
    Role.OWNER: frozenset(Role),
    Role.FINANCE: frozenset({Role.FINANCE, Role.VIEWER}),
    Role.OPERATIONS: frozenset({Role.OPERATIONS, Role.VIEWER}),
    Role.VIEWER: frozenset({Role.VIEWER}),
}


class Member(models.Model):
    """A login's role at a seller; a login may have one at several."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("login")
    )
    seller = models.ForeignKey(Seller, models.CASCADE, related_name="members", verbose_name=_("seller"))
    role = models.CharField(_("role"), max_length=10, choices=Role)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["user", "seller"], name="one_role_per_login_and_seller")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
