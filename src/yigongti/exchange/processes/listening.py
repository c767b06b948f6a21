"""The listeners: HL7 v2 over MLLP, DICOM associations."""

from yigongti.exchange.imaging.listening import listen as listen_dicom
from yigongti.exchange.imaging.listening import stop as stop_dicom
from yigongti.exchange.listening import Listener as Listener
from yigongti.exchange.listening import listen as listen_mllp


__all__ = ["Listener", "listen_dicom", "listen_mllp", "stop_dicom"]
