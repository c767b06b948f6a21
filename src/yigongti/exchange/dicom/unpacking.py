"""JPEG 2000 and JPEG-LS frames made plain, in a process of their own: what a modality sends may break a decoder.

The libraries are optional (`yigongti[previews]`). The other process has bounded time and memory and knows nothing but
the frame; where it dies there is no preview, and nothing else happens.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any


JPEG_2000 = frozenset(f"1.2.840.10008.1.2.4.{tail}" for tail in ("90", "91", "92", "93", "201", "202", "203"))
JPEG_LS = frozenset(f"1.2.840.10008.1.2.4.{tail}" for tail in ("80", "81"))
DECODERS = {**dict.fromkeys(JPEG_2000, "openjpeg"), **dict.fromkeys(JPEG_LS, "jpeg_ls")}
"""Transfer syntaxes and the module that unpacks them."""
SECONDS, MEMORY = 30, 3 << 30
LARGEST_PACKED = 64_000_000


@dataclass(frozen=True, slots=True)
class Plain:
    """Samples without any packing: little-endian, of a pixel beside one another."""

    rows: int
    columns: int
    samples: int
    bits: int
    signed: bool
    body: bytes


@cache
def is_here(module: str) -> bool:
    """Whether the library is installed."""
    return find_spec(module) is not None


def unpack(frame: bytes, *, syntax: str, largest: int, signed_bits: int = 0) -> Plain | None:
    """The frame made plain; None where it is broken, or would have more than `largest` bytes.

    `signed_bits`: samples are signed numbers of so many bits, as the file says, whatever the codestream says of them.
    """
    said = (DECODERS[syntax], str(largest), str(signed_bits))
    command = [sys.executable, "-I", str(Path(__file__).resolve()), *said]
    if len(frame) > LARGEST_PACKED:
        return None
    try:
        done = subprocess.run(command, input=frame, capture_output=True, timeout=SECONDS + 5, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        return None
    head, _, body = done.stdout.partition(b"\n")
    return Plain(**json.loads(head), body=body)


# --- what follows runs in the other process


def _bounded() -> None:
    import resource

    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # a system that knows no such bound still has the others, and the time
            continue


def _openjpeg(frame: bytes, largest: int) -> Any:
    openjpeg: Any = import_module("openjpeg")
    told = openjpeg.get_parameters(frame)
    if told["rows"] * told["columns"] * told["samples_per_pixel"] * (-(-told["precision"] // 8)) > largest:
        raise ValueError("too large")
    return openjpeg.decode(frame)


def _jpeg_ls(frame: bytes, largest: int) -> Any:
    import numpy

    jpeg_ls: Any = import_module("jpeg_ls")
    body, told = jpeg_ls.decode_buffer(frame)
    if len(body) > largest:
        raise ValueError("too large")
    plain = numpy.frombuffer(body, "<u2" if told["bits_per_sample"] > 8 else "u1")
    rows, columns, samples = told["height"], told["width"], told["components"]
    if samples == 1:
        return plain.reshape(rows, columns)
    if told["interleave_mode"] == 0:  # one sample of all pixels after the other
        return plain.reshape(samples, rows, columns).transpose(1, 2, 0)
    return plain.reshape(rows, columns, samples)


MAKERS: dict[str, Callable[[bytes, int], Any]] = {"openjpeg": _openjpeg, "jpeg_ls": _jpeg_ls}


def _signed(found: Any, bits: int) -> Any:
    """Unsigned samples as the signed numbers that they are: their highest used bit is the sign."""
    unused = found.dtype.itemsize * 8 - bits
    if not bits or found.dtype.kind != "u" or unused < 0:
        return found
    return (found << unused).view(found.dtype.str.replace("u", "i")) >> unused


def _main(module: str, largest: str, signed_bits: str) -> None:
    import os

    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    _bounded()
    found = MAKERS[module](sys.stdin.buffer.read(), int(largest))
    found = _signed(found, int(signed_bits))
    found = found.astype(found.dtype.newbyteorder("<"), copy=False)
    head = {"rows": found.shape[0], "columns": found.shape[1], "samples": found.shape[2] if found.ndim > 2 else 1,
            "bits": found.dtype.itemsize * 8, "signed": found.dtype.kind == "i"}  # fmt: skip
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + found.tobytes())


if __name__ == "__main__":
    _main(*sys.argv[1:])
