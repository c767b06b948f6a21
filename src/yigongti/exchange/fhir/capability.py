"""What the server can do, told from what it answers: types, interactions, search parameters, operations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from yigongti.exchange.fhir.answers import dumped
from yigongti.exchange.fhir.calls import NOT_STORED, PATCH
from yigongti.exchange.fhir.indexing import parameters
from yigongti.exchange.fhir.own.tables import TABLES
from yigongti.exchange.fhir_r4.definitions import resource_kinds, search_parameters, version
from yigongti.kernel.clock import today


INTERACTIONS = (
    "read",
    "vread",
    "update",
    "patch",
    "delete",
    "history-instance",
    "history-type",
    "create",
    "search-type",
)
BULK = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition"
REMARK = ("_has, _revinclude and _elements are answered; composite parameters are not. Bulk export gives NDJSON to the "
          "client that asked, for a day.")  # fmt: skip
OWN = ("Besides what clients sent, the platform's own: ids r-…, read only, not by type-wide history. A search by a "
       "parameter that they are not searched by says so in an OperationOutcome.")  # fmt: skip
SMART = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"


def statement(base: str) -> str:
    """The CapabilityStatement."""
    return dumped({
        "resourceType": "CapabilityStatement", "status": "active", "date": today().isoformat(), "kind": "instance",
        "software": {"name": "yigongti"}, "implementation": {"description": "医共体 FHIR R4", "url": base},
        "fhirVersion": version(), "format": ["application/fhir+json", "json"], "patchFormat": [PATCH],
        "rest": [{
            "mode": "server",
            "security": _security(base),
            "resource": [_resource(kind) for kind in sorted(resource_kinds() - NOT_STORED)],
            "interaction": [{"code": "transaction"}, {"code": "batch"}],
            "operation": [{"name": "export", "definition": f"{BULK}/export"}],
            "documentation": REMARK,
        }],
    })  # fmt: skip


def _security(base: str) -> dict[str, Any]:
    said = {"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR"}
    token = {"url": "token", "valueUri": token_address(base)}
    return {"service": [{"coding": [said]}], "extension": [{"url": SMART, "extension": [token]}]}


def token_address(base: str) -> str:
    """Where tokens are given."""
    return base.removesuffix("/R4") + "/token"


@cache
def _resource(kind: str) -> dict[str, Any]:
    searched = [{"name": code, "type": type_} for code, type_ in sorted(parameters(kind).items())]
    operations = [{"name": "validate", "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate"}]
    if kind == "Patient":
        everything = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
        operations += [{"name": "everything", "definition": everything},
                       {"name": "export", "definition": f"{BULK}/patient-export"}]  # fmt: skip
    included = [f"{kind}:{one['name']}" for one in searched if one["type"] == "reference"]
    return {
        "type": kind, "interaction": [{"code": code} for code in INTERACTIONS], "versioning": "versioned-update",
        "readHistory": True, "updateCreate": True, "conditionalCreate": True, "conditionalRead": "not-supported",
        "conditionalUpdate": True, "conditionalDelete": "single",
        **({"searchInclude": included} if included else {}),
        **({"searchRevInclude": behind} if (behind := list(_behind(kind))) else {}),
        **({"documentation": OWN} if kind in TABLES else {}), "searchParam": searched, "operation": operations,
    }  # fmt: skip


def _behind(kind: str) -> Iterator[str]:
    """By which references others lead to a type."""
    for source in sorted(resource_kinds() - NOT_STORED):
        known = search_parameters(source)
        yield from (f"{source}:{code}" for code, type_ in sorted(parameters(source).items())
                    if type_ == "reference" and kind in known[code].targets)  # fmt: skip


def smart_configuration(base: str) -> str:
    """Where SMART clients look first."""
    return dumped({
        "token_endpoint": token_address(base), "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["system/*.cruds", "system/*.rs"],
        "capabilities": ["client-confidential-symmetric", "permission-v2", "permission-v1"],
    })  # fmt: skip
