"""What must hold before anyone is let in: every name on every policy page resolves."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from yigongti.kernel import event, finders
from yigongti.kernel.access import bases
from yigongti.kernel.access.words import registry
from yigongti.kernel.measures import catalogues, checks, sources
from yigongti.kernel.measures.words import Fact
from yigongti.kernel.parameters.words import defaults
from yigongti.kernel.workflow import engine, pages, rooms


def know_pages() -> None:
    """Load the pages of chapters whose engine words are still to come: they are checked and printed."""
    from yigongti.consultation.policy.multidisciplinary import multidisciplinary, opinion
    from yigongti.diagnosis.policy.ecg_reading import critical_value, ecg_reading

    for page in (ecg_reading, critical_value, multidisciplinary, opinion):
        rooms.know(page)


def faults() -> list[str]:
    """Everything that stops the boot."""
    know_pages()
    engine.register_steps()
    known = bases.all_bases()
    unknown_bases = [
        f"role {role.code} names the basis {code}, which nobody brings"
        for role in registry.roles.values()
        for code in role.bases
        if code not in known
    ]
    defaults()
    return [*registry.faults(), *unknown_bases, *event.faults(), *finders.doubled, *pages.boot_faults(),
            *_figures()]  # fmt: skip


def _figures() -> list[str]:
    """What is wrong with the pages of figures, and facts that no chapter reads out of its tables."""
    sourced: dict[str, Fact] = {code: source.fact for code, source in sources.registered().items()}
    told = [fault for catalogue in catalogues.signed for fault in catalogue.faults()]
    return told + checks.unsourced(catalogues.indicators(), sourced)


def require_sound() -> None:
    """Stop the boot, naming everything that is wrong at once."""
    found = faults()
    if found:
        raise ImproperlyConfigured("the house does not stand:\n  " + "\n  ".join(found))
