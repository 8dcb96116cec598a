"""A row is the job; the broker only wakes a worker."""

from datetime import datetime

from django.conf import settings
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    READY = "ready", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED = (JobState.READY, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=UNFINISHED)

    def claimable(self, *, at: datetime, group: str | None) -> "JobQuerySet":
        """Ready jobs in the order they should run, passing over those other workers hold just now."""
        ready = self.filter(state=JobState.READY, ready_at__lte=at).order_by("ready_at", "pk")
        if group is not None:
            ready = ready.filter(group=group)
        return ready.passing_over_locked()

    def lapsed(self, *, at: datetime) -> "JobQuerySet":
        """Running jobs whose worker gave no sign of life for as long as it had leased them."""
        return self.filter(state=JobState.RUNNING, leased_until__lt=at)

    def passing_over_locked(self) -> "JobQuerySet":
        """Lock these rows, but for those somebody else has locked."""
        skip = connection.features.has_select_for_update_skip_locked
        return self.select_for_update(skip_locked=skip, no_key=True, of=("self",))


class Job(models.Model):
    """One piece of background work. ``attempt`` is the fence: it rises with each claim."""

    name = models.CharField(_("name"), max_length=60)
    key = models.CharField(_("key"), max_length=120)
    args = models.JSONField(_("arguments"), default=dict)
    group = models.CharField(_("group"), max_length=60, blank=True, default="")
    seller = models.ForeignKey("parties.Seller", models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.READY)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("most attempts"), default=5)
    created_at = models.DateTimeField(_("created"))
    ready_at = models.DateTimeField(_("ready from"))
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cancel_requested_at = models.DateTimeField(_("cancel asked for"), null=True, blank=True)
    progress_done = models.PositiveIntegerField(_("steps done"), default=0)
    progress_total = models.PositiveIntegerField(_("steps in all"), default=0)
    error = models.TextField(_("error"), blank=True, default="")

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"], condition=Q(state__in=UNFINISHED), name="one_unfinished_job_per_key"
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING) | Q(leased_until__isnull=False),
                name="running_job_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["ready_at", "id"], condition=Q(state=JobState.READY), name="job_ready"),
            models.Index(fields=["leased_until"], condition=Q(state=JobState.RUNNING), name="job_leased"),
            models.Index(
                fields=["group"], condition=Q(state__in=UNFINISHED) & ~Q(group=""), name="job_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.progress_done // self.progress_total) if self.progress_total else 0

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED
