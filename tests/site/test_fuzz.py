"""Every parser of text from outside takes anything: it answers, or refuses in its own words; it never falls.

A second at most for each in the usual run, three quarters of a minute with --all (or YIGONGTI_FUZZ_SECONDS).
"""

# ruff: noqa: RUF001 - full-width letters are what people paste

import json
import uuid
from datetime import date
from urllib.parse import urlencode

import pytest
from django.test import Client, RequestFactory
from hypothesis import strategies as st

from tests.factories import PASSWORD, account, actor, post, resident, submitted
from tests.factories import county as make_county
from tests.fuzzing import seconds_asked, tried
from yigongti.kernel.finders import finders, pickers, plain_given
from yigongti.kernel.pages.posting import key_of
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal
from yigongti.kernel.workflow import recording, rooms, worklists
from yigongti.organisations import areas, datums, map_files, outlines, tables
from yigongti.organisations import codes as organisation_codes
from yigongti.organisations import queries as organisations
from yigongti.record import measuring
from yigongti.record.policy.series import SERIES
from yigongti.residents import codes, particulars, pinyin
from yigongti.residents.queries.beyond import find_beyond
from yigongti.residents.queries.search import find


TODAY = date(2026, 11, 22)

# --- texts as they come: typed, pasted from sheets and phones, broken on the way, or made to break something

SAMPLES = (
    "140781195803041226", "14078119580304122X", "１４０７８１１９５８０３０４１２２Ｘ", "140781580304122", "1958-03-04",
    "1958年3月4日", "19580304", "2026-02-30", "0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "2026-03-04 09:30",
    "张桂兰", "买买提·吐尔逊", "𠮷野", "张　三", "ZGL", "zhang gui", "张桂兰 1958-03-04", "13935400000",
    "+86 139-3540-0000",
    "0354-7222222", "140/90", "１４０／９０", "6.1", "I10", "E11.900x001", "140781001002", "91140781MA0K00000X",
    "2027-01-01，休，元旦", "2027-01-01\t班\t\n2027/1/2\t休", '"', '2027-1-1,"休\r,元旦',
    "名称,类型\n张村,village_room",
    "1|2026-11-22T09:00:00+08:00|17", '{"type":"Polygon","coordinates":[[[112,37],[113,37],[113,38],[112,37]]]}',
    "[" * 3000, '{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[["x",null]]]}}', "1e999", "NaN", "²①Ⅷ",
    "\x00", "\ud800", "‮", "' OR 1=1 --", "<script>", "%", "_", "\\", "0" * 5000, "9" * 400, "😀", "",
)  # fmt: skip
LETTERS = "0123456789０１２９²①ⅧxXＸ -—/／.．,，:：|\t\n\r\"'年月日T+Z张桂兰𠮷·班休{}[]\x00‮"
SAMPLE = st.sampled_from(SAMPLES)


@st.composite
def broken(draw):
    """A sample with a piece cut out, doubled or exchanged."""
    text = draw(SAMPLE)
    begin = draw(st.integers(0, len(text)))
    end = draw(st.integers(begin, min(len(text), begin + 8)))
    return (
        text[:begin]
        + draw(st.one_of(st.just(""), st.text(max_size=4), st.text(LETTERS, max_size=4), SAMPLE))
        + text[end:]
    )


TEXT = st.one_of(SAMPLE, broken(), broken(), st.text(max_size=60), st.text(LETTERS, max_size=60))
# As it arrives in an address: decoding leaves no half characters, and the door lets no NUL in.
SENT = TEXT.map(lambda text: text.encode("utf-8", "replace").decode().replace("\x00", ""))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=8,
)


@pytest.fixture
def seconds(request):
    """How long each parser is tried."""
    return seconds_asked(request.config)


def refused_or(parse, *unfit):
    """A check that lets only the parser's own refusals pass."""

    def check(text):
        try:
            parse(text)
        except (Refusal, *unfit):
            pass

    return check


# --- what needs no database

TOWNSHIPS = [areas.Township(id=1, name="张兰卫生院", code="140781101", names=["张兰镇中心卫生院"]),
             areas.Township(id=2, name="三佳卫生院", names=["三佳卫生院"], division="三佳乡")]  # fmt: skip


def look_at_areas(text, datum="wgs84"):
    return areas.looked_at(text, townships=TOWNSHIPS, division="140781", datum=datum)


PARTICULARS = ("name", "sex", "birth_date", "birth_estimated", "id_card", "no_card", "phone", "phone_owner",
               "ethnicity", "lives_division", "lives_address", "insured_division", "register_division")  # fmt: skip

PLAIN = {
    "id card": refused_or(lambda t: codes.id_card(t, today=TODAY), codes.Unfit),
    "birth date": refused_or(lambda t: codes.birth_date(t, today=TODAY), codes.Unfit),
    "person's name": refused_or(codes.person_name, codes.Unfit),
    "phone": refused_or(codes.phone, codes.Unfit),
    "division": refused_or(codes.division, codes.Unfit),
    "paper": refused_or(codes.paper, codes.Unfit),
    "pinyin": refused_or(lambda t: (pinyin.spell(t), pinyin.typed(t))),
    "moment": refused_or(lambda t: measuring.moment(t, field="at", label="时间", born=date(1958, 3, 4), died=TODAY)),
    "diagnosis code": refused_or(measuring.icd10),
    "calendar table": refused_or(tables.calendar_days),
    "institution table": refused_or(lambda t: tables.table(t, columns=tables.INSTITUTION_COLUMNS, field="rows")),
    "outline": refused_or(lambda t: outlines.polygons_of(t, division="140781", datum="gcj02")),
    "areas of townships": refused_or(lambda t: look_at_areas(t)),
    "bytes of a map's file": refused_or(lambda t: map_files.decoded(t.encode("utf-16", "surrogatepass"), "x")),
    "institution codes": refused_or(
        lambda t: [f(organisation_codes.tidy(t)) for f in (organisation_codes.credit_warning,
                   organisation_codes.ws218_warning, organisation_codes.ws218_class, organisation_codes.division_fault)]
    ),
    "cursor of a list": refused_or(worklists.read_cursor, ValueError),
    "other values of a form": refused_or(lambda t: plain_given({"field": t, t: t})),
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_any_text_is_read_or_refused(name, seconds):
    tried(PLAIN[name], TEXT, seconds)


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_any_measurement_is_read_or_refused(series, seconds):
    tried(refused_or(lambda text: measuring.measured(series, text)), TEXT, seconds / len(SERIES))


def test_what_was_read_once_is_read_the_same_again(seconds):
    def check(text):
        for parse in (lambda t: codes.id_card(t, today=TODAY).number, codes.person_name, codes.phone, codes.paper,
                      measuring.icd10):  # fmt: skip
            try:
                found = parse(text)
            except (codes.Unfit, Refusal):
                continue
            assert parse(found) == found

    tried(check, TEXT, seconds)


def test_any_form_about_a_person_is_read_or_refused(seconds):
    tried(refused_or(particulars.read), st.dictionaries(st.sampled_from(PARTICULARS), TEXT), seconds)


def test_any_outline_that_is_json_is_read_or_refused(seconds):
    place = st.fixed_dictionaries({
        "type": st.sampled_from(["Polygon", "MultiPolygon", "Feature", "FeatureCollection", "Point"]),
        "coordinates": JSON, "geometry": JSON, "features": JSON, "properties": JSON,
    })  # fmt: skip
    tried(refused_or(lambda page: outlines.polygons_of(json.dumps(page), division="140781")), place, seconds)


RING = st.lists(st.lists(st.one_of(st.floats(-200, 200), st.integers(), TEXT), max_size=3), max_size=6)
SHAPE = st.fixed_dictionaries({
    "type": st.sampled_from(["Polygon", "MultiPolygon", "Point"]),
    "coordinates": st.one_of(JSON, st.lists(RING, max_size=3), st.lists(st.lists(RING, max_size=3), max_size=3)),
})  # fmt: skip


def test_any_areas_that_are_json_are_read_or_refused_and_what_is_kept_is_read_the_same(seconds):
    """Holes and all; in any datum."""
    feature = st.fixed_dictionaries({
        "type": st.just("Feature"), "geometry": st.one_of(SHAPE, JSON), "id": JSON,
        "properties": st.one_of(JSON, st.dictionaries(st.sampled_from([*areas.NAMES, *areas.CODES]), TEXT)
                                .map(lambda said: {"name": "张兰镇", **said})),
    })  # fmt: skip

    def check(given_):
        features, datum = given_
        try:
            found = look_at_areas(json.dumps({"type": "FeatureCollection", "features": features}), datum)
        except Refusal:
            return
        again = look_at_areas(found.kept())
        assert [(one.township, one.rings) for one in again.areas] == [(one.township, one.rings) for one in found.areas]

    tried(check, st.tuples(st.lists(feature, max_size=3), st.sampled_from([*datums.DATUMS])), seconds)


def test_any_key_of_a_submission_is_a_uuid_or_refused(seconds):
    def check(text):
        request = RequestFactory().post("/", {"key": text.encode("utf-8", "replace").decode()})
        try:
            assert isinstance(key_of(request), uuid.UUID)
        except Refusal:
            pass

    tried(check, TEXT, seconds)


# --- what asks the database


@pytest.fixture
def county(db):
    yield make_county(beds=5)
    organisations.forget()
    values.forget()


def test_any_search_is_answered(county, seconds):
    doctor = actor("village_doctor", county.village)
    resident(county.village, name="张桂兰")

    def check(text):
        find(for_=doctor, text=text)
        find_beyond(for_=doctor, text=text)

    tried(check, SENT, seconds)


def test_any_text_in_a_picker_or_the_box_at_the_top_is_answered(county, seconds):
    doctor = actor("village_doctor", county.village)

    def check(text):
        for _title, finder in finders.values():
            finder(for_=doctor, text=text, limit=5)
        for made in pickers.values():
            made.find(for_=doctor, text=text, limit=5, given=plain_given({"field": text}))

    tried(check, SENT, seconds)


def test_any_value_given_to_any_step_is_read_or_refused(county, seconds):
    doctor = actor("village_doctor", county.village)
    steps = [(kept.page, step) for kept in rooms.kept.values() for step in kept.page.steps]

    def check(drawn):
        (page, step), given_values = drawn
        fields = [*step.must_record, *step.may_record]
        refused_or(lambda g: recording.read(page, step, g, by=doctor))(dict(zip(fields, given_values, strict=False)))

    tried(check, st.tuples(st.sampled_from(steps), st.lists(st.one_of(TEXT, JSON), min_size=6, max_size=20)), seconds)


def test_any_body_at_the_json_door_is_answered_and_none_is_an_error(county, seconds, caplog):
    caplog.set_level("ERROR", "django.request")  # thousands of refusals are what we came for
    post("village_doctor", county.village, account_=account(login="cunyi"))
    number = submitted(actor("village_doctor", county.village), resident(county.village), county.cardiology)
    client = Client()
    client.post("/sign-in", {"login": "cunyi", "password": PASSWORD})
    addresses = ("/api/workflows/referral.upward/submit", f"/api/cases/{number}/withdraw", "/api/cases/%00/accept",
                 f"/api/cases/{number}/nothing", "/api/workflows/none/none")  # fmt: skip

    def check(drawn):
        address, body, key = drawn
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Idempotency-Key": key.encode("ascii", "ignore").decode().replace("\n", "").replace("\r", "")}
        answer = client.post(address, content, content_type="application/json", headers=headers)
        assert answer.status_code in (200, 400, 401, 403, 404, 409, 413, 422), (answer.status_code, answer.content)
        asked = urlencode({"after": key, "state": key}, errors="surrogatepass")
        assert client.get(f"/api/worklist?{asked}").status_code in (200, 400, 404, 422)

    said = st.fixed_dictionaries({"given": st.one_of(JSON, st.dictionaries(
        st.sampled_from(["resident", "to_department", "urgency", "diagnosis", "consent", "cancel_reason"]), JSON
    ))}, optional={"version": JSON})  # fmt: skip
    bodies = st.one_of(JSON, said, st.binary(max_size=60), TEXT.map(lambda t: t.encode("utf-8", "surrogatepass")))
    keys = st.one_of(st.uuids().map(str), TEXT)
    tried(check, st.tuples(st.sampled_from(addresses), bodies, keys), seconds)
