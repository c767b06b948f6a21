"""Diagnosis centres: imaging, ECG, laboratory, pathology; mutual recognition; critical values.

So far its hardest page only: the ECG reading, written before the workflow words were frozen. Sources: R60–R70.
"""
