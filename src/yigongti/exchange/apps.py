"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


SHEETS = (
    "batches.actions",
    "batches.pages",
    "batches.sheets",
    "kinds.residents",
    "kinds.measurements",
    "kinds.follow_ups",
    "kinds.onsets",
    "kinds.visits",
    "kinds.claims",
    "kinds.births",
    "kinds.deaths",
    "kinds.registers",
)
ROLES = ("policy.inbox_role", "policy.interface_role", "policy.fhir_client_role")
INBOX = ("replays.actions", "replays.pages", "coding.actions", "coding.pages", "watching.actions", "watching.pages",
         "documents.taking", "sending.bases", "sending.queueing", "sending.travelling", "sending.actions",
         "sending.pages")  # fmt: skip
IMAGING = (
    "imaging.taking_dicom",
    "imaging.taking_waveforms",
    "imaging.attaching",
    "imaging.reversing",
    "imaging.pages",
    "imaging.archive.actions",
    "imaging.archive.pages",
)


class ExchangeConfig(AppConfig):
    name = "yigongti.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Enter roles, readers and pages into the registries."""
        for room in (
            *ROLES,
            "taking_hl7v2",
            "taking_orders",
            "taking_fhir_files",
            *IMAGING,
            "actions",
            "pages",
            *INBOX,
            *SHEETS,
            "sources",
        ):
            import_module(f"yigongti.exchange.{room}")
        import_module("yigongti.exchange.kinds.registers").enter_registers()
        import_module("yigongti.exchange.imaging.archive.named").require_sound()
