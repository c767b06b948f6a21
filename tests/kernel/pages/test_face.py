"""The face: its words, its colours, its geometry, and what no template may hold."""

import gzip
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory

from yigongti.kernel import clock, language, pages
from yigongti.kernel.pages import drawing, markup, said, style_examples
from yigongti.kernel.pages.fields import error_list, field_of
from yigongti.kernel.pages.parts import Clock, Field, Option, Person, State
from yigongti.kernel.pages.style_page import style_page


HERE = Path(pages.__file__).parent
STATIC = HERE / "static" / "yigongti"
TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=clock.COUNTY_ZONE)
TEXT_ON = [
    *[(text, ground) for text in ("ink", "ink-soft", "azurite") for ground in ("ground", "surface")],
    ("ink-soft", "sunken"),
    ("on-azurite", "azurite"),
    ("azurite-deep", "azurite-tint"),
    ("ink", "azurite-tint"),
    *[(text, f"{text}-tint") for text in ("bamboo", "gamboge", "cinnabar")],
    ("cinnabar", "surface"),
    ("cinnabar", "ground"),
    ("gamboge", "surface"),
]


def themes():
    css = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    blocks = re.findall(r"(:root[^{,]*)\{([^}]*)\}", css)
    return {
        name.strip(): dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body)) for name, body in blocks if "--ink:" in body
    }


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_can_be_read_in_light_and_dark():
    found = themes()
    assert len(found) == 3
    for name, tokens in found.items():
        for text, ground in TEXT_ON:
            assert contrast(tokens[text], tokens[ground]) >= 4.5, f"{text} on {ground} in {name}"


def test_edges_of_fields_are_seen_in_light_and_dark():
    for name, tokens in themes().items():
        assert contrast(tokens["edge"], tokens["surface"]) >= 3, name


def test_dark_by_choice_is_dark_by_the_system():
    _light, by_system, by_choice = themes().values()
    assert by_system == by_choice


def test_styles_and_scripts_stay_small():
    styles = [path for path in (STATIC / "css").glob("*.css") if path.name != "style.css"]
    assert sum(path.stat().st_size for path in styles) < 46_000
    assert sum(path.stat().st_size for path in (STATIC / "js").glob("*.js")) < 22_000


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_script_or_style(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on|<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.parent.name == "parts"], ids=lambda path: path.name)
def test_each_part_says_what_it_is_given(path):
    assert path.read_text(encoding="utf-8").startswith("{#")


def test_each_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text(encoding="utf-8"))}
    states = {f"state-{state.kind}" for state in style_examples.STATES}
    assert (named | states | set(style_examples.ICONS.split())) - drawn == set()


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOON + timedelta(hours=2, minutes=5), "今天 14:05"),
        (NOON - timedelta(hours=13), "昨天 23:00"),
        (NOON + timedelta(days=1), "明天 12:00"),
        (NOON - timedelta(days=3), "3 天前"),
        (NOON + timedelta(days=6), "6 天后"),
        (NOON - timedelta(days=7), "2026-11-15"),
        (date(2026, 11, 22), "今天"),
        (date(2026, 3, 4), "2026-03-04"),
    ],
)
def test_dates_are_said_as_people_say_them(moment, words):
    assert said.said_date(moment, now=NOON) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=40), "40 秒"),
        (timedelta(minutes=59, seconds=59), "59 分钟"),
        (timedelta(hours=3), "3 小时"),
        (timedelta(hours=3, minutes=20), "3 小时 20 分"),
        (timedelta(days=2, hours=4), "2 天 4 小时"),
        (timedelta(days=9, hours=4), "9 天"),
    ],
)
def test_spans_are_said_in_their_largest_unit(span, words):
    assert said.said_span(span) == words


@pytest.mark.parametrize(
    ("minutes", "words", "kind", "elapsed"),
    [
        (60, "余 1 小时", "waiting", 50),
        (24, "余 24 分钟", "soon", 80),
        (0, "余 0 秒", "soon", 100),
        (-6, "已过 6 分钟", "overdue", 100),
    ],
)
def test_a_deadline_says_what_is_left_or_how_far_it_is_broken(minutes, words, kind, elapsed):
    due = NOON + timedelta(minutes=minutes)
    found = said.due_clock(due, now=NOON, since=due - timedelta(minutes=120))
    assert (found.words, found.kind, found.elapsed) == (words, kind, elapsed)
    assert found.exact.endswith(f"{due:%Y-%m-%d %H:%M}")


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (date(1959, 11, 22), "67 岁"),
        (date(1959, 11, 23), "66 岁"),
        (date(2026, 3, 22), "8 个月"),
        (date(2026, 10, 23), "30 天"),
        (date(2026, 11, 22), "0 天"),
    ],
)
def test_age_is_exact_where_it_decides_doses(born, words):
    assert said.said_age(born, today=date(2026, 11, 22)) == words


@pytest.mark.parametrize(
    ("whole", "shown"),
    [("张桂兰", "张*兰"), ("张兰", "张*"), ("欧阳娜娜", "欧**娜"), ("𠮷野家", "𠮷*家"), ("张", "*"), ("", "")],
)
def test_names_are_masked(whole, shown):
    assert said.masked_name(whole) == shown


def test_papers_and_phones_are_masked():
    assert said.masked_id("142402195911224521") == "142402****4521"
    assert said.masked_id("12345") == "*****"
    assert said.masked_phone("138 1234 5678") == "138****5678"
    assert said.masked_phone("7222334") == "*****34"


def test_a_state_has_a_shape_and_a_word_beside_its_colour():
    html = markup.state(State(word="危急", kind="harm"))
    assert "#state-harm" in html
    assert "危急" in html


def test_words_of_people_never_become_markup():
    html = markup.person(Person(name="<b>张</b>", note="<script>", href='"><i>'))
    assert "<script>" not in html
    assert "<b>张" not in html
    assert "<i>" not in html


def test_a_masked_person_is_said_to_be_masked():
    assert "已遮" in markup.person(Person(name="赵*珍", masked=True))


def test_paper_shows_the_exact_deadline():
    html = markup.clock(Clock(words="余 18 分钟", exact="截止 2026-11-22 14:05"))
    assert '<span class="said">余 18 分钟</span>' in html
    assert '<span class="exact">截止 2026-11-22 14:05</span>' in html


class Pressure(forms.Form):
    systolic = forms.IntegerField(
        label="收缩压", min_value=50, max_value=300, widget=forms.NumberInput({"data-unit": "mmHg"})
    )
    way = forms.ChoiceField(label="方向", choices=[("up", "上转"), ("down", "下转")], widget=forms.RadioSelect)
    note = forms.CharField(label="说明", widget=forms.Textarea, required=False)


def test_a_refused_form_keeps_what_was_typed_and_names_every_error():
    form = Pressure({"systolic": "1350", "way": "", "note": "坐位"})
    assert not form.is_valid()
    field = field_of(form["systolic"])
    assert (field.value, field.unit, field.kind) == ("1350", "mmHg", "number")
    assert field.error
    assert [where for where, _ in error_list(form)] == ["f-systolic", "f-way"]
    html = render_to_string("parts/field.html", {"field": field})
    assert 'value="1350"' in html
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)[1]
    assert f'id="{described}"' in html


@pytest.mark.parametrize(
    "kind", ["text", "textarea", "cards", "checks", "select", "date", "datetime", "number", "file", "check", "picker"]
)
def test_each_kind_of_field_is_named_and_labelled(kind):
    field = Field(name="x", label="标签", kind=kind, url="/find", options=[Option(value="1", label="一")])
    html = render_to_string("parts/field.html", {"field": field})
    assert 'name="x"' in html
    assert re.search(r'for="f-x"|<legend>标签|<label class="check">', html)


def course(values, **more):
    points = [(date(2026, 1, 1) + timedelta(days=i), value) for i, value in enumerate(values)]
    return drawing.Series(label="收缩压", unit="mmHg", points=points, **more)


def test_values_outside_the_band_have_their_own_shape():
    chart = drawing.line_chart([course([120, 150, 80], low=90, high=140)])
    assert [mark.kind for mark in chart.lines[0].marks] == ["inside", "above", "below"]
    assert chart.lines[0].target == "90–140"


def test_a_chart_stays_in_its_box_and_counts_everything():
    chart = drawing.line_chart([course([Decimal("6.8"), 5, 7.25] * 700, high=6.1)])
    places = [float(number) for number in re.findall(r"[\d.]+", chart.lines[0].path)]
    assert min(places) >= 0
    assert max(places) <= 100
    assert chart.count == 2100
    assert len(chart.table) == drawing.TABLE_ROWS
    assert chart.table[0][0] > chart.table[-1][0]
    assert "共 2100 次" in render_to_string("parts/chart.html", {"chart": chart})


def test_one_value_and_none_are_drawn_too():
    assert drawing.line_chart([course([5])]).lines[0].marks[0].x == "50.00%"
    assert drawing.line_chart([course([])]) is None


@pytest.mark.parametrize(("span", "step"), [(100, 50), (40, 10), (3, 1), (0.7, 0.2), (2000, 500)])
def test_axes_have_round_steps(span, step):
    assert drawing.nice_step(span) == pytest.approx(step)


def test_names_on_a_map_never_lie_on_one_another_and_the_higher_level_is_named_first():
    def spot(x, label, level, y=50.0):
        return x, y, drawing.Place(label=label, longitude=0, latitude=0, level=level)

    near = [spot(50, "甲乡卫生院", "township"), spot(52, "县人民医院", "county"), spot(20, "乙乡卫生院", "township"),
            spot(97, "丙乡卫生院", "township"), spot(20.5, "丁乡卫生院", "township"), spot(60, "村", "village", 90.0),
            spot(20.2, "戊乡卫生院", "township", 50.5)]  # fmt: skip
    sides = drawing.named_sides(near, ratio=4 / 3)
    assert sides == {1: "right", 0: "left", 2: "left", 3: "left", 4: "right"}  # for the last one no room is left
    boxes = [drawing._box(near[i], side, 640, 4 / 3) for i, side in sides.items()]
    assert not any(drawing._overlap(a, b) for n, a in enumerate(boxes) for b in boxes[:n])
    assert drawing.named_sides([spot(20, "乙乡卫生院", "township")], ratio=4 / 3) == {0: "right"}


def test_a_map_keeps_all_places_inside_and_north_up():
    here = [drawing.Place(label="北", longitude=112, latitude=37.2, level="township")]
    here.append(drawing.Place(label="南", longitude=112, latitude=36.8, level="village"))
    found = drawing.outline_map([style_examples.OUTLINE], here)
    north, south = (float(place.y.rstrip("%")) for place in found.places)
    assert 0 <= north < south <= 100


@pytest.mark.django_db  # the frame names the county
def test_the_style_page_shows_every_part():
    response = style_page(RequestFactory().get("/style"))
    html = response.content.decode()
    assert response.status_code == 200
    for shown in (
        "case",
        "path",
        "receipt",
        "refusal",
        "empty",
        "errors",
        "picker",
        "lane-entry",
        "figure",
        "chart",
        "map",
    ):
        assert f'class="{shown}' in html, shown
    assert html.count('class="state is-') >= len(style_examples.STATES)
    assert not re.search(r"{{|>None<", html)


def test_the_frame_and_parts_speak_english_too():
    own = [
        p for p in TEMPLATES if p.parent.name == "parts" or p.name in ("frame.html", "sign_in_frame.html", "style.html")
    ]
    said_in_templates = {
        m[1] for p in own for m in re.findall(r"""{% t (["'])(.*?)\1""", p.read_text(encoding="utf-8"))
    }
    said_in_code = {
        m
        for name in ("said", "markup", "drawing")
        for m in re.findall(r'say\("(.*?)"', (HERE / f"{name}.py").read_text(encoding="utf-8"))
    }
    assert {text for text in said_in_templates | said_in_code if text not in language.english()} == set()


def test_a_worklist_of_fifty_is_light_on_the_line():
    rows = style_examples.rows(NOON)["today_rows"] * 17
    html = render_to_string("parts/case_rows.html", {"title": "今天", "rows": rows[:50]})
    assert html.count("data-row") == 50
    assert len(gzip.compress(html.encode())) < 20_000


def test_each_form_that_acts_carries_its_own_key():
    acts = [{"post": "/x", "word": "接收", "kind": "primary", "fields": {}}] * 2
    html = "".join(render_to_string("parts/act.html", {"act": act}) for act in acts)
    keys = re.findall(r'name="key" value="([0-9a-f-]{36})"', html)
    assert len(set(keys)) == 2


def test_who_acted_is_kept_in_chinese_and_told_with_the_role_in_the_reader_s_language():
    from yigongti.kernel.pages.templating import actor

    kept = "毕丽红·县级医院医生·消化内科"
    assert actor(kept) == kept
    with language.spoken("en"):
        told = actor(kept)
    assert told.startswith("毕丽红·")
    assert told.endswith("·消化内科")
    assert "县级医院医生" not in told
    assert actor(None) == ""
