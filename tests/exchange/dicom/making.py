"""DICOM files of our own, small ones."""

from __future__ import annotations

import io

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian


def image(*, syntax=ExplicitVRLittleEndian, name=b"ZHANG^GUILAN", charset=None, pixels=None, **changed):
    """A picture of four rows by six, eight bits; `name` as raw bytes, whatever the `charset` says."""
    one = Dataset()
    if charset is not None:
        one.SpecificCharacterSet = charset
    one.SOPClassUID, one.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3.4"
    one.StudyInstanceUID, one.SeriesInstanceUID, one.Modality = "1.2.3", "1.2.3.1", "DX"
    one.AccessionNumber, one.PatientID, one.IssuerOfPatientID = "JC20261122001", "JK-7", "XY"
    one.PatientSex, one.PatientBirthDate, one.StudyDate, one.StudyTime = "F", "19580304", "20261122", "093000"
    one.Rows, one.Columns, one.SamplesPerPixel, one.PhotometricInterpretation = 4, 6, 1, "MONOCHROME2"
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 8, 8, 7, 0
    one.add_new(0x7FE00010, "OB", pixels if pixels is not None else bytes(range(0, 240, 10)))
    for keyword, value in changed.items():
        setattr(one, keyword, value)
    return _named(written(one, syntax), name)


def written(one, syntax=ExplicitVRLittleEndian):
    """The dataset as a file's bytes."""
    one.PatientName = "NAME" * 8
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = syntax
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
    stream = io.BytesIO()
    one.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def _named(data, name):
    """The name as bytes, which pydicom would encode by its own reading of the character set."""
    return data.replace(b"NAME" * 8, name.ljust(32), 1)
