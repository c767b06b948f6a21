"""DICOM files as modalities send them: whose they are, which study, whether they are whole, a picture; no storage."""
