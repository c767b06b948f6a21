"""What a registration says of somebody's health: plain words, and nothing of a special class."""

from __future__ import annotations

from tests.access.conftest import signed_in
from tests.residents.people import person


def test_the_list_and_the_registration_name_no_condition_of_a_special_class(county, village_doctor):
    row = person(county.village, name="张桂兰")
    row.chronic = ["mental", "tuberculosis", "chd"]
    row.save()
    browser = signed_in(village_doctor)
    for address in ("/residents", f"/residents/{row.pk}"):
        page = browser.get(address).content.decode()
        assert "张桂兰" in page and "冠心病" in page, address
        assert not [word for word in ("严重精神障碍", "肺结核", "mental<", "tuberculosis", ">chd<") if word in page]
