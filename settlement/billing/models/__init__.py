"""What sellers pay in, what is charged against it, and the invoices for both."""

from settlement.billing.models.automatic import AutomaticInvoicing, AutomaticRun, Mode, RunState
from settlement.billing.models.commission import FeeInvoice, Kind
from settlement.billing.models.deposits import Deposit, DepositChange, DepositSource, DepositState
from settlement.billing.models.drafts import InvoiceDraft
from settlement.billing.models.fees import Fee, FeeKind, FeeSource, FeeState, FeeTaking
from settlement.billing.models.invoices import BillingInvoice, BillingKind, BillingLine, Origin, Subject
from settlement.billing.models.profiles import BillingProfile
from settlement.billing.models.requests import ChangeRequest, RequestChange, RequestState, Wish

__all__ = [
    "AutomaticInvoicing",
    "AutomaticRun",
    "BillingInvoice",
    "BillingKind",
    "BillingLine",
    "BillingProfile",
    "ChangeRequest",
    "Deposit",
    "DepositChange",
    "DepositSource",
    "DepositState",
    "Fee",
    "FeeInvoice",
    "FeeKind",
    "FeeSource",
    "FeeState",
    "FeeTaking",
    "InvoiceDraft",
    "Kind",
    "Mode",
    "Origin",
    "RequestChange",
    "RequestState",
    "RunState",
    "Subject",
    "Wish",
]
