"""The few tables every slice leans on, named by subject."""

from marketplace.kernel.models.audit import AuditRecord
from marketplace.kernel.models.changes import Change
from marketplace.kernel.models.files import StoredFile
from marketplace.kernel.models.jobs import Job, JobState
from marketplace.kernel.models.mail import MailState, OutgoingMail
from marketplace.kernel.models.numbers import NumberSeries

__all__ = [
    "AuditRecord",
    "Change",
    "Job",
    "JobState",
    "MailState",
    "NumberSeries",
    "OutgoingMail",
    "StoredFile",
]
