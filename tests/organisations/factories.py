"""A small county: two groups, a leading hospital, a township centre with a village room, and who acts there."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import count

from django.test import Client

from yigongti.kernel import clock
from yigongti.kernel.access import sign_in
from yigongti.kernel.access.models import Account, Post
from yigongti.kernel.access.units import make_unit
from yigongti.organisations import shape
from yigongti.organisations.models import County, Department, Group, Institution


_numbers = count(1)
FOUNDED = date(2017, 5, 1)


def county(name="介休市", division="140781"):
    return County.objects.create(unit=make_unit(parent=None, kind="county", name=name), name=name, division=division)


def group(of, name="介休市医疗集团", legal_model="single_legal_person"):
    return shape.open_group(Group(name=name, legal_model=legal_model, founded_on=FOUNDED), county=of)


def institution(parent, name, kind="township_centre", *, level="township", leads=False, since=FOUNDED, **facts):
    made = Institution(name=name, short_name=facts.pop("short_name", name), kind=kind, level=level, **facts)
    return shape.open_institution(made, parent=parent.unit, since=since, leads=leads)


def department(of, name="心内科", *, receives=True, **facts):
    made = Department(institution=of, name=name, receives_referrals=receives, **facts)
    return shape.open_department(made, since=FOUNDED)


def account(name="李秀英", login="", password=""):
    made = Account(
        login=login or f"a{next(_numbers)}", person_name=name, made_at=clock.now(), must_change_password=False
    )
    if password:
        made.set_password(password)
    made.save()
    return made


def post(role, unit, *, of=None, begins=date(2020, 1, 1), **facts):
    made = Post.objects.create(account=of or account(), unit=unit, role=role, begins=begins, **facts)
    return Post.objects.select_related("account", "unit", "covering__account").get(pk=made.pk)


def actor(role, unit, **facts):
    return sign_in.actor_of(post(role, unit, **facts))


def browser(actor_or_post):
    """A client that is signed in as the post."""
    held = Post.objects.select_related("account").get(pk=getattr(actor_or_post, "post_id", None) or actor_or_post.pk)
    client = Client()
    session = client.session
    session["post"], session["password"] = held.pk, held.account.password[-16:]
    session["strong"] = True
    session["seen"] = int(clock.now().timestamp())
    session.save()
    return client


def key():
    return uuid.uuid4()


class Place:
    """The county that most tests stand in."""

    def __init__(self):
        self.county = county()
        self.group = group(self.county)
        self.hospital = institution(
            self.group,
            "介休市人民医院",
            "county_hospital",
            level="county",
            leads=True,
            grade="3B",
            short_name="人民医院",
        )
        self.cardiology = department(self.hospital)
        self.centre = institution(self.group, "张兰镇中心卫生院", short_name="张兰卫生院")
        self.room = institution(self.centre, "新堡村卫生室", "village_room", level="village")
        self.other_group = group(self.county, "第二医共体", "multi_legal_person")
        self.other = institution(self.other_group, "中医院", "tcm_hospital", level="county", leads=True, grade="2A")

    def administrator(self, at=None):
        return actor("administrator", (at or self.group).unit)
