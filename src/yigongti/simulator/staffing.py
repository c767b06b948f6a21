"""The workforce: 2,467 people with three homes, accounts and posts for those who need them, rosters around now.

Where fewer live than in the whole county, every room, desk and department has its people and the rest is in proportion.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from yigongti.kernel import clock
from yigongti.kernel.access.words import registry
from yigongti.organisations.spelling import spelled
from yigongti.simulator.copying import Table
from yigongti.simulator.naming import Names
from yigongti.simulator.organising import GRASSROOTS, County, Department, Site
from yigongti.simulator.places import shared_out
from yigongti.simulator.summaries import Account


PASSWORD = "yigongti"  # noqa: S105 - the demonstration's one password, printed on the screen
SHOWCASE = "，试找“任桂兰”"  # the resident with two thousand entries
ROSTER_DAYS = (-2, 21)
SECOND_DOCTORS = 56  # of the largest village rooms
TOWNSHIP_DOCTORS, FEWEST_NURSES = 3, 1

DOCTOR, NURSE, VILLAGE, OTHER = "医师", "护士", "乡村医生", "管理与工勤"
TITLES = {
    DOCTOR: (("主任医师", 5), ("副主任医师", 15), ("主治医师", 40), ("住院医师", 40)),
    NURSE: (("副主任护师", 3), ("主管护师", 32), ("护师", 40), ("护士", 25)),
    VILLAGE: (("乡村全科执业助理医师", 30), ("乡村医生", 70)),
    OTHER: (("", 1),),
    "医技人员": (("主管技师", 40), ("技师", 60)),
}


class Stationed(NamedTuple):
    """Somebody of a county hospital at a grassroots centre, first and last day."""

    staff: int
    site: Site
    begins: date
    ends: date


class Workforce:
    """Hires people into a county and keeps the rows."""

    def __init__(self, county: County, *, chance: Random, today: date) -> None:
        self.county = county
        self.today = today
        self._chance = chance
        self._names = Names(chance)
        self._password = make_password(PASSWORD)
        self._made_at = clock.now() - timedelta(days=900)
        self.shown: list[Account] = []
        self.posts: dict[str, list[tuple[int, int, Site | None]]] = {}
        self.staff_in: dict[int, list[int]] = {}
        self.staff = Table(
            "organisations_staff",
            "id account_id name pinyin initials sex birth_date title profession licence_no phone works_at_id"
            " establishment_at_id payroll_at_id left_on",
        )
        self.accounts = Table(
            "access_account",
            "id password last_login login person_name phone status must_change_password second_factor_secret"
            " second_factor_step failures locked_until made_at",
        )
        self.post_rows = Table("access_post", "id account_id unit_id role begins ends covering_id given_by_id reason")
        self.duties = Table("organisations_duty", "id unit_id duty account_id begins ends")
        self.stationings = Table("organisations_stationing", "id staff_id institution_id begins ends")
        self.hired: list[tuple[Site | None, str, str]] = []
        self.stationed: list[Stationed] = []

    def hire(
        self, site: Site | None, *, profession: str, department: Department | None = None, title: str = "",
        login: str = "", role: str = "", unit: int = 0,
    ) -> tuple[str, int | None]:  # fmt: skip
        """One more human at a unit; with a login an account and, with a role, a post. Their name and post."""
        sex = "2" if self._chance.random() < (0.93 if profession == NURSE else 0.45) else "1"
        born = self.today - timedelta(days=self._chance.randint(26 * 365, 59 * 365))
        if profession == VILLAGE:  # half of them past fifty
            born = self.today - timedelta(days=self._chance.randint(36 * 365, 64 * 365))
        name = self._names.surname() + self._names.given(year=born.year, sex=sex)
        works_at = unit or (department.unit if department else site.unit if site else self.county.group_unit)
        home = (site.above or site).unit if site else self.county.hospital.unit
        number, title = len(self.staff.lines) + 1, title or self._title(profession)
        account = self._open_account(login, name) if login else None
        self.hired.append((site, profession, title))
        self.staff.add(
            number, account, name, *spelled(name), sex, born, title, profession,
            f"{110 if profession == DOCTOR else 210}140781{number:06d}" if profession in (DOCTOR, NURSE) else "",
            f"154{self._chance.randrange(10**8):08d}", works_at, self._other_home(home, site), home, None,
        )  # fmt: skip
        post = self._give_post(account, works_at, role, site) if account and role else None
        self.staff_in.setdefault(works_at, []).append(number)
        if profession in (DOCTOR, VILLAGE) and site:
            site.authors.append((name, post))
            if department:
                department.authors.append((name, post))
        return name, account

    def _title(self, profession: str) -> str:
        words, weights = zip(*TITLES[profession], strict=True)
        return str(self._chance.choices(words, weights)[0])

    def _other_home(self, home: int, site: Site | None) -> int:
        """Some work at a township centre while the county hospital keeps their establishment (R79)."""
        seconded = site is not None and site.kind in GRASSROOTS and self._chance.random() < 0.06
        return self.county.hospital.unit if seconded else home

    def _open_account(self, login: str, name: str) -> int:
        number = len(self.accounts.lines) + 1
        self.accounts.add(
            number, self._password, None, login, name, "", "suspended", False, "", 0, 0, None, self._made_at
        )  # fmt: skip
        return number

    def _give_post(self, account: int, unit: int, role: str, site: Site | None) -> int:
        number = len(self.post_rows.lines) + 1
        self.post_rows.add(number, account, unit, role, self.today - timedelta(days=900), None, None, None, "")
        self.posts.setdefault(role, []).append((account, unit, site))
        return number

    def show(self, role: str, login: str, hired: tuple[str, int | None], note: str) -> None:
        """Put an account on the list that a newcomer sees."""
        self.shown.append(Account(registry.roles[role].title, hired[0], login, PASSWORD, note))

    def hang_screen(self) -> None:
        """The unattended screen has an account and a post, and is nobody."""
        account = self._open_account("daping", "指标大屏")
        self._give_post(account, self.county.group_unit, "screen", None)
        self.show("screen", "daping", ("指标大屏", account), self.county.page["group"]["name"])

    def station(self) -> None:
        """Doctors of the county hospital go to the centres: some for a year, some for months, some for weeks."""
        doctors = [
            number
            for number, (site, profession, title) in enumerate(self.hired, start=1)
            if site is self.county.hospital and profession == DOCTOR and title in ("副主任医师", "主治医师", "住院医师")
        ]
        sent = self.county.kind(*GRASSROOTS) * 2
        for centre, staff in zip(sent, doctors[:: max(1, min(3, len(doctors) // len(sent)))], strict=False):
            begins = self.today - timedelta(days=self._chance.randint(60, 1000))
            ends = begins + timedelta(days=self._chance.choice((45, 100, 200, 280, 365)))
            if len(self.stationed) % 4 == 0:  # some for most of last year, so that it has some who count
                begins, ends = date(self.today.year - 1, 1, 6), date(self.today.year - 1, 11, 28)
            self.stationed.append(Stationed(staff, centre, begins, ends))
            self.stationings.add(len(self.stationed), staff, centre.unit, begins, ends)

    # --- rosters

    def on_duty(self, duty: str, unit: int, accounts: list[int], hours: tuple[int, ...]) -> None:
        """A turn for each span between the hours, day after day, the accounts taking turns."""
        turn = 0
        for offset in range(*ROSTER_DAYS):
            day = self.today + timedelta(days=offset)
            for hour, length in zip(hours, _lengths(hours), strict=True):
                begins = datetime.combine(day, time(hour), tzinfo=clock.COUNTY_ZONE)
                self.duties.add(
                    len(self.duties.lines) + 1, unit, duty, accounts[turn % len(accounts)], begins,
                    begins + timedelta(hours=length),
                )  # fmt: skip
                turn += 1

    def write(self) -> list[Table]:
        """Copy accounts, posts, staff and rosters."""
        tables = [self.accounts, self.post_rows, self.staff, self.duties, self.stationings]
        for table in tables:
            table.write()
        return tables


def _lengths(hours: tuple[int, ...]) -> list[int]:
    following = (*hours[1:], hours[0] + 24)
    return [after - before for before, after in zip(hours, following, strict=True)]


def staff(county: County, *, chance: Random, today: date) -> Workforce:
    """Hire everybody; the sum agrees with the source."""
    workforce = Workforce(county, chance=chance, today=today)
    _hire_offices(workforce)
    _hire_villages(workforce)
    _hire_grassroots(workforce)
    _hire_hospitals(workforce)
    _hire_outsiders(workforce)
    workforce.station()
    return workforce


# The offices of the group and the bureau count to the county hospital, whose staff they are.
OFFICES = (
    ("data_steward", "shuju", "信息数据中心"), ("data_steward", "shuju2", "信息数据中心，第二人"),
    ("administrator", "guanli", "首次登录时绑定第二验证因素"), ("president", "jituan", "介休市医疗集团"),
    ("hr_officer", "renshi", "人力资源中心"), ("bureau", "weijian", "介休市卫生健康局"),
    ("insurance_officer", "yibao", "医保管理中心"), ("quality_officer", "zhikong", "质量控制中心"),
    ("cdc_officer", "jikong", "县疾控"),
)  # fmt: skip


def _hire_offices(workforce: Workforce) -> None:
    county = workforce.county
    for role, login, note in OFFICES:
        unit = county.county_unit if role in ("bureau", "cdc_officer") else county.group_unit
        hired = workforce.hire(None, profession=OTHER, login=login, role=role, unit=unit)
        if not login.endswith("2"):
            workforce.show(role, login, hired, note)
    workforce.hang_screen()


def _hire_villages(workforce: Workforce) -> None:
    rooms = workforce.county.kind("village_room")
    shown = [demo_room(workforce.county), *(room for room in rooms if room.ecg and room.street == "140781106")][:2]
    for number, room in enumerate(rooms, start=1):
        login = ("cunyi", "cunyi2")[shown.index(room)] if room in shown else f"cun{number:03d}"
        hired = workforce.hire(room, profession=VILLAGE, login=login, role="village_doctor")
        if room in shown:
            workforce.show(
                "village_doctor", login, hired, f"{room.name}（有远程心电）{SHOWCASE if room is shown[0] else ''}"
            )
    second = workforce.county.scaled(SECOND_DOCTORS)
    for room in sorted(rooms, key=lambda one: -(one.place.weight if one.place else 0))[:second]:
        workforce.hire(room, profession=VILLAGE)


def demo_room(county: County) -> Site:
    """The village room of the accounts that are shown: the largest of 张兰镇 with remote ECG."""
    rooms = [room for room in county.kind("village_room") if room.street == "140781101" and room.ecg]
    return max(rooms, key=lambda room: room.place.weight if room.place else 0)


def _hire_grassroots(workforce: Workforce) -> None:
    county = workforce.county
    centres = county.kind(*GRASSROOTS)
    at_hospitals = sum(site.staff_wanted for site in county.sites if site.in_group)
    at_rooms = len(county.kind("village_room")) + SECOND_DOCTORS
    left = county.scaled(county.page["sums"]["staff"] - at_hospitals - at_rooms)
    home = demo_room(county).above
    for number, (centre, wanted) in enumerate(
        zip(centres, shared_out(left, [c.beds + 20 for c in centres]), strict=True), 1
    ):
        _hire_centre(workforce, centre, number, wanted, shown=centre is home)


def _hire_centre(workforce: Workforce, centre: Site, number: int, wanted: int, *, shown: bool) -> None:
    tail = "" if shown else f"{number:02d}"
    head = workforce.hire(centre, profession=DOCTOR, title="副主任医师", login=f"yuanzhang{tail}", role="township_head")
    doctors = [
        workforce.hire(
            centre, profession=DOCTOR, login=f"xiangyi{tail}{'abc'[i] if i or tail else ''}", role="township_doctor"
        )
        for i in range(TOWNSHIP_DOCTORS if shown else workforce.county.scaled(TOWNSHIP_DOCTORS, 1))
    ]
    desk = workforce.hire(centre, profession=NURSE, login=f"xiangtai{tail}", role="referral_desk")
    if shown:
        workforce.show("township_doctor", "xiangyi", doctors[0], centre.name)
        workforce.show("township_head", "yuanzhang", head, centre.name)
        workforce.show("referral_desk", "xiangtai", desk, centre.name)
    _fill(workforce, centre, wanted - len(doctors) - 2)
    assert head[1] and desk[1]  # noqa: S101 - both were given a login above
    workforce.on_duty("referral_desk", centre.unit, [desk[1], head[1]], (8, 20))
    workforce.on_duty("general_duty", centre.unit, [one for _, one in doctors if one], (8, 18))


def _fill(workforce: Workforce, site: Site, count: int) -> None:
    """The rest of a site's people; a small county's has at least a nurse for each department with beds."""
    nurses = sum(FEWEST_NURSES for one in site.departments if one.beds)
    shares = shared_out(count, (30, 40, 12, 18)) if count > nurses else [0, nurses, 0, 0]
    for profession, people in zip((DOCTOR, NURSE, "医技人员", OTHER), shares, strict=True):
        for i in range(people):
            department = site.departments[i % len(site.departments)] if site.departments else None
            workforce.hire(site, profession=profession, department=department)


LOGINS = {"county_hospital": "xian", "tcm_hospital": "zhongyi", "maternal_child": "fuyou", "rehabilitation": "kangfu"}


def _hire_hospitals(workforce: Workforce) -> None:
    county = workforce.county
    for site in (one for one in county.sites if one.staff_wanted and one.in_group):
        login = LOGINS.get(site.kind)
        used = _hire_wards(workforce, site, login) if login else 0
        used += _hire_desk(workforce, site, login) if login and site.kind != "rehabilitation" else 0
        offices = len(OFFICES) if site is county.hospital else 0
        _fill(workforce, site, county.scaled(site.staff_wanted) - used - offices)


def _hire_wards(workforce: Workforce, site: Site, login: str) -> int:
    """Two doctors with accounts for each department that receives referrals, one in a small county; the very first
    one's login is the short one."""
    receiving, used = [one for one in site.departments if one.receives], 0
    for number, one in enumerate(receiving, start=1):
        for second in range(workforce.county.scaled(2, 2 if number == 1 else 1)):
            tail = f"{number:02d}{'ab'[second]}" if number > 1 or second else ""
            hired = workforce.hire(
                site, profession=DOCTOR, department=one, login=f"{login}yi{tail}", role="county_doctor"
            )
            used += 1
            if not tail and site.kind != "rehabilitation":
                workforce.show("county_doctor", f"{login}yi", hired, f"{site.short} {one.name}")
    return used


def _hire_desk(workforce: Workforce, site: Site, login: str) -> int:
    lead = workforce.hire(site, profession=DOCTOR, title="主任医师", login=f"{login}zhuren", role="referral_lead")
    desk = [
        workforce.hire(site, profession=NURSE, login=f"{login}tai{tail}", role="referral_desk")
        for tail in ("", "2", "3", "4")
    ]
    workforce.show("referral_desk", f"{login}tai", desk[0], f"{site.short} 出入院服务中心")
    if site is workforce.county.hospital:
        workforce.show("referral_lead", f"{login}zhuren", lead, f"{site.short} 双向转诊中心")
    workforce.on_duty("referral_desk", site.unit, [one for _, one in desk if one], (0, 8, 16))
    assert lead[1]  # noqa: S101 - was given a login above
    workforce.on_duty("referral_lead", site.unit, [lead[1]], (8,))
    return 5


def _hire_outsiders(workforce: Workforce) -> None:
    for site in (one for one in workforce.county.sites if not one.in_group):
        if site.level == "outside":  # not this county's people: names under its papers, no rows
            site.authors = [(workforce._names.surname() + "医生", None) for _ in range(8)]
        else:
            _fill(workforce, site, workforce.county.scaled(site.staff_wanted, 4))


def free_accounts(table: Table) -> str:
    """The statement of the last stage: from now on people may sign in."""
    return f"UPDATE {table.name} SET status = 'active'"  # noqa: S608 - our own table
