"""Names of leads: what devices call them, and what the twelve-lead standard does.

Numbers as in SCP-ECG (EN 1064 table of lead identification), which DICOM's SCPECG and MDC codes repeat; texts as in
HL7 aECG (MDC_ECG_LEAD_…), DICOM code meanings and WFDB descriptions.
"""

from __future__ import annotations


TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
BEYOND = ("V7", "V8", "V9", "V2R", "V3R", "V4R", "V5R", "V6R", "V7R", "X", "Y", "Z", "MLII")

NUMBERED = {
    1: "I", 2: "II", 3: "V1", 4: "V2", 5: "V3", 6: "V4", 7: "V5", 8: "V6", 9: "V7", 10: "V2R", 11: "V3R", 12: "V4R",
    13: "V5R", 14: "V6R", 15: "V7R", 16: "X", 17: "Y", 18: "Z", 61: "III", 62: "aVR", 63: "aVL", 64: "aVF", 66: "V8",
    67: "V9",
}  # fmt: skip

_KNOWN = {name.casefold(): name for name in (*TWELVE, *BEYOND)} | {"vx": "X", "vy": "Y", "vz": "Z"}
_PREFIXES = ("mdc_ecg_lead_", "lead ", "lead_", "ecg ", "ecg_")


def standard(name: str) -> str:
    """The standard's name where the text is one ("MDC_ECG_LEAD_AVR", "Lead I (Einthoven)"); else the text itself."""
    plain = name.strip().casefold().removesuffix("(einthoven)").strip()
    for prefix in _PREFIXES:
        plain = plain.removeprefix(prefix)
    return _KNOWN.get(plain.replace("-", "").replace(" ", ""), name.strip())


def numbered(number: int) -> str:
    """The standard's name of an SCP-ECG lead number; the number itself where the standard's table is not read here."""
    return NUMBERED.get(number, f"#{number}")
