"""The FHIR server as the site mounts it, and the clients that its operator makes."""

from yigongti.exchange.fhir.clients import end_client as end_client
from yigongti.exchange.fhir.clients import make_client as make_client
from yigongti.exchange.fhir.door import BASE as BASE
from yigongti.exchange.fhir.door import addresses as addresses
from yigongti.exchange.fhir.door import serve as serve
