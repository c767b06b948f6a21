"""What stops the boot, named at once."""

from yigongti.kernel import finders
from yigongti.site import boot


def elsewhere(**_asked):
    return []


def test_the_house_as_shipped_has_no_fault():
    assert boot.faults() == []


def test_two_pickers_of_one_name_stop_the_boot(monkeypatch):
    monkeypatch.setattr(finders, "pickers", dict(finders.pickers))
    monkeypatch.setattr(finders, "doubled", list(finders.doubled))
    finders.picker("resident", find=elsewhere, resolve=elsewhere)
    (fault,) = boot.faults()
    assert fault.startswith("two pickers are called resident: yigongti.residents.finding and ")
