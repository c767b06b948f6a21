"""Ties a process to the one that started it, so that a killed supervisor leaves nothing behind."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable


_PR_SET_PDEATHSIG = 1
# Loaded once here: loading a library between fork and exec could deadlock.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def tie_child(number: signal.Signals) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the child gets the signal when its parent dies. Only Linux can do this before exec."""
    if _libc is None:
        return None
    parent = os.getpid()

    def tie() -> None:
        _ask_kernel(number, parent=parent)

    return tie


def tie_self(number: signal.Signals = signal.SIGKILL) -> None:
    """For a process whose parent is not ours to write: it ties itself, by the kernel on Linux, by looking elsewhere."""
    if _libc is None:
        threading.Thread(target=_watch, args=(os.getppid(),), name="tether", daemon=True).start()
    else:
        _ask_kernel(number, parent=os.getppid())


def _ask_kernel(number: signal.Signals, *, parent: int) -> None:
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number))
    if os.getppid() != parent:  # the parent died before the kernel was asked
        os.kill(os.getpid(), number)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
