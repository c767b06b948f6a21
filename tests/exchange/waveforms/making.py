"""Recordings of our own in every format, written the way the standards say and apart from the readers."""

from __future__ import annotations

import binascii
import io
import struct
from itertools import pairwise

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian


NAME = "张桂兰".encode()


# --- WFDB


def packed_212(values):
    """Two samples of twelve bits in three bytes."""
    found = bytearray()
    for first, second in zip(values[0::2], values[1::2], strict=True):
        a, b = first & 0xFFF, second & 0xFFF
        found += bytes((a & 0xFF, (b >> 8) << 4 | a >> 8, b & 0xFF))
    return bytes(found)


def wfdb(leads, *, form=16, rate=250, gain="200(0)/mV", checksum=None, comments=()):
    """A header and one signal file of `leads`: name → samples."""
    length = len(next(iter(leads.values())))
    woven = [samples[place] for place in range(length) for samples in leads.values()]
    lines = [f"own {len(leads)} {rate} {length} 09:30:00 22/11/2026"]
    for name, samples in leads.items():
        total = (sum(samples) + 0x8000) % 0x10000 - 0x8000 if checksum is None else checksum
        lines.append(f"own.dat {form} {gain} 16 0 {samples[0]} {total} 0 {name}")
    lines += [f"# {one}" for one in comments]
    data = struct.pack(f"<{len(woven)}h", *woven) if form == 16 else packed_212(woven)
    return {"own.hea": "\n".join(lines).encode(), "own.dat": data}


def atr(*words):
    """Annotation words: (code, interval) or raw bytes."""
    return b"".join(one if isinstance(one, bytes) else struct.pack("<H", one[0] << 10 | one[1]) for one in words)


# --- aECG


def aecg(leads, *, name="张桂兰", encoding="UTF-8", head="", increment="0.002", extra=""):
    """A minimal document of `leads`: code → samples."""
    sequences = "".join(
        f'<component><sequence><code code="{code}"/><value xsi:type="SLIST_PQ"><origin value="10" unit="uV"/>'
        f'<scale value="2.5" unit="uV"/><digits>{" ".join(map(str, samples))}</digits></value></sequence></component>'
        for code, samples in leads.items()
    )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{head}'
        '<AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="1.2.3"/>'
        "<componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject>"
        f'<id root="1.2" extension="JK-7"/><subjectDemographicPerson><name>{name}</name>'
        '<administrativeGenderCode code="F"/><birthTime value="19580304"/></subjectDemographicPerson></trialSubject>'
        "</subject></subjectAssignment></componentOf></timepointEvent></componentOf><component><series>"
        '<code code="RHYTHM"/><component><sequenceSet><component><sequence><code code="TIME_ABSOLUTE"/>'
        f'<value xsi:type="GLIST_TS"><head value="20261122093000.500+0800"/><increment value="{increment}" unit="s"/>'
        f"</value></sequence></component>{sequences}</sequenceSet></component>{extra}</series></component></AnnotatedECG>"
    )
    return text.encode(encoding)


# --- SCP-ECG


def _section(number, body):
    size = 16 + len(body)
    rest = struct.pack("<HIBB6x", number, size, 20, 20) + body
    return struct.pack("<H", binascii.crc_hqx(rest, 0xFFFF)) + rest


def scp_file(bodies):
    """Section number → body, framed with pointers and checksums."""
    made = {number: _section(number, body) for number, body in bodies.items()}
    at, pointers = 6 + 16 + 10 * (len(made) + 1), struct.pack("<HII", 0, 16 + 10 * (len(made) + 1), 7)
    for number, section in made.items():
        pointers += struct.pack("<HII", number, len(section), at + 1)
        at += len(section)
    size = 16 + len(pointers)
    first = struct.pack("<HIBB", 0, size, 20, 20) + b"SCPECG" + pointers
    first = struct.pack("<H", binascii.crc_hqx(first, 0xFFFF)) + first
    rest = struct.pack("<I", at) + first + b"".join(made.values())
    return struct.pack("<H", binascii.crc_hqx(rest, 0xFFFF)) + rest


def field(tag, value):
    """One field of section 1."""
    return bytes((tag,)) + struct.pack("<H", len(value)) + value


def huffman(values):
    """Values in the default table of SCP-ECG, padded to a byte with ones."""
    bits = ""
    for value in values:
        if value == 0:
            bits += "0"
        elif abs(value) <= 8:
            bits += "1" * abs(value) + "0" + ("1" if value < 0 else "0")
        elif -128 <= value < 128:
            bits += "1111111110" + f"{value & 0xFF:08b}"
        else:
            bits += "1111111111" + f"{value & 0xFFFF:016b}"
    bits += "1" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def differences(values, order):
    """First or second differences; the first values stand as they are."""
    if order == 0:
        return list(values)
    if order == 1:
        return [values[0], *(b - a for a, b in pairwise(values))]
    return [*values[:2], *(c - 2 * b + a for a, b, c in zip(values, values[1:], values[2:], strict=False))]


def scp(leads, *, order=2, packed=True, name=NAME, flags=0x04, bimodal=0, own_table=False, said=()):
    """A file of `leads`: SCP number → samples."""
    coded = []
    for samples in leads.values():
        jumps = differences(samples, order)
        coded.append(huffman(jumps) if packed else struct.pack(f"<{len(jumps)}h", *jumps))
    section_1 = (
        field(0, name + b"\0") + field(2, b"JK-7\0") + field(5, struct.pack("<HBB", 1958, 3, 4)) + field(8, b"\2")
        + field(25, struct.pack("<HBB", 2026, 11, 22)) + field(26, bytes((9, 30, 0))) + field(255, b"")
    )  # fmt: skip
    section_3 = bytes((len(leads), flags)) + b"".join(
        struct.pack("<IIB", 1, len(samples), number) for number, samples in leads.items()
    )
    section_6 = struct.pack("<HHBB", 5000, 2000, order, bimodal)
    section_6 += struct.pack(f"<{len(coded)}H", *map(len, coded)) + b"".join(coded)
    bodies = {1: section_1, 3: section_3, 6: section_6}
    if packed:
        bodies[2] = struct.pack("<H", 1 if own_table else 19999)
    if said:
        lines = b"".join(
            bytes((place,)) + struct.pack("<H", len(one) + 1) + one + b"\0" for place, one in enumerate(said)
        )
        bodies[8] = struct.pack("<BHBBBBBB", 0, 2026, 11, 22, 9, 30, 0, len(said)) + lines
    return scp_file(dict(sorted(bodies.items())))


# --- DICOM


def dicom_ecg(leads, *, sensitivity="5", baseline="0", kind="SS", length=None, charset="GB18030", group_label="RHYTHM"):
    """A twelve-lead object of `leads`: SCP number → samples, 500 a second."""
    whole = Dataset()
    whole.SpecificCharacterSet = charset
    whole.SOPClassUID, whole.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.9.1.1", "1.2.3.4"
    whole.StudyInstanceUID, whole.SeriesInstanceUID, whole.Modality = "1.2.3", "1.2.3.1", "ECG"
    whole.PatientName, whole.PatientID, whole.PatientSex, whole.PatientBirthDate = "张^桂兰", "JK-7", "F", "19580304"
    whole.AcquisitionDateTime = "20261122093000"
    group = Dataset()
    group.WaveformOriginality, group.NumberOfWaveformChannels = "ORIGINAL", len(leads)
    group.NumberOfWaveformSamples = length if length is not None else len(next(iter(leads.values())))
    group.SamplingFrequency, group.MultiplexGroupLabel = "500", group_label
    group.ChannelDefinitionSequence = Sequence(_channel(number, sensitivity, baseline) for number in leads)
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, kind
    woven = [samples[place] for place in range(len(next(iter(leads.values())))) for samples in leads.values()]
    group.WaveformData = struct.pack(f"<{len(woven)}{'H' if kind == 'US' else 'h'}", *woven)
    whole.WaveformSequence = Sequence([group])
    said = Dataset()
    said.ReferencedWaveformChannels, said.UnformattedTextValue = [1, 0], "窦性心律"
    whole.WaveformAnnotationSequence = Sequence([said])
    return written(whole)


def _channel(number, sensitivity, baseline):
    code, unit, one = Dataset(), Dataset(), Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = f"2:{number}", "MDC", "a lead"
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "uV", "UCUM", "microvolt"
    one.ChannelSourceSequence, one.ChannelSensitivityUnitsSequence = Sequence([code]), Sequence([unit])
    one.ChannelSensitivity, one.ChannelSensitivityCorrectionFactor, one.ChannelBaseline = sensitivity, "1", baseline
    return one


def written(whole, syntax=ExplicitVRLittleEndian):
    """The dataset as a file's bytes."""
    whole.file_meta = FileMetaDataset()
    whole.file_meta.TransferSyntaxUID = syntax
    whole.file_meta.MediaStorageSOPClassUID = whole.SOPClassUID
    whole.file_meta.MediaStorageSOPInstanceUID = whole.SOPInstanceUID
    stream = io.BytesIO()
    whole.save_as(stream, enforce_file_format=True)
    return stream.getvalue()
