"""The history of a whole type: every version that the client may see, newest first, page by page, since a moment."""

from urllib.parse import quote

from tests.exchange.fhir.conftest import observation, patient


def versions(speaker, path):
    """Every (id, version, method) behind an address, following its pages; how many pages there were."""
    found, pages = [], 0
    while path:
        answer = speaker.get(path)
        assert answer.status_code == 200, answer.content.decode()
        told, pages = answer.json(), pages + 1
        for one in told.get("entry", ()):
            found.append((one["fullUrl"].rpartition("/")[2], one["response"]["etag"], one["request"]["method"]))
        path = next((one["url"].partition("/fhir/R4")[2] for one in told["link"] if one["relation"] == "next"), "")
    return found, pages


def test_every_version_comes_once_newest_first_page_by_page_and_since_a_moment(county, hospital, township):
    whom = hospital.made(patient())["id"]
    first, second = (hospital.made(observation(whom)) for _ in range(2))
    hospital.put(f"/Observation/{first['id']}", first | {"status": "amended"})
    since = hospital.get(f"/Observation/{first['id']}").json()["meta"]["lastUpdated"]
    hospital("DELETE", f"/Observation/{second['id']}")
    whole = [(second["id"], 'W/"2"', "DELETE"), (first["id"], 'W/"2"', "PUT"), (second["id"], 'W/"1"', "POST"),
             (first["id"], 'W/"1"', "POST")]  # fmt: skip
    assert versions(hospital, "/Observation/_history") == (whole, 1)
    assert versions(hospital, "/Observation/_history?_count=2") == (whole, 2)
    assert versions(hospital, f"/Observation/_history?_since={quote(since)}&_count=1") == (whole[:2], 2)
    assert versions(township, "/Observation/_history") == ([], 1)  # nobody there manages or treats the person
