"""A county small enough to be counted by hand: every row of 2025, and of the years before where a figure looks back.

Hospital 10 leads, 11 is another; centre 20 with the village rooms 21 and 22, centre 30 with 31 and, until August, 32.
90 lies outside the county. Residents are numbered 1 to 13; the dead that nobody else speaks of from 20 on.
"""

from datetime import date
from decimal import Decimal

from yigongti.chronic.facts import enrolments, follow_ups
from yigongti.fund.facts import claims
from yigongti.kernel.measures.arriving import arrivals
from yigongti.organisations.facts import open_beds, places, staff, stationings
from yigongti.publichealth.facts import births, deaths
from yigongti.record.facts import bed_stays, discharges, operations, visits
from yigongti.referral.facts import referrals
from yigongti.residents.facts import people


GRASSROOTS = (20, 21, 22, 30, 31, 32)
BORN = {
    1: ("2", "1950-03-01"), 2: ("1", "1955-07-01"), 3: ("2", "1960-01-15"), 4: ("1", "1970-05-05"),
    5: ("2", "1985-10-10"), 6: ("1", "1990-12-31"), 7: ("2", "2015-06-01"), 8: ("1", "2025-02-01"),
    9: ("1", "1945-04-04"), 10: ("2", "1958-02-02"), 11: ("1", "1980-01-01"), 12: ("2", "1966-06-06"),
    13: ("2", "2000-04-04"), None: ("", ""),
}  # fmt: skip
HOME = {1: 21, 2: 21, 3: 22, 4: 22, 5: 31, 6: 31, 7: 31, 8: 20, 9: 21, 10: 30, 11: 30, 12: 21, 13: 20, None: 1}


def day(told):
    return date.fromisoformat(told) if told else None


def who(person):
    sex, born = BORN[person]
    return {"person": person, "sex": sex, "born": day(born), "managing": HOME[person],
            "lives": person != 11, "insured": person not in (10, 13)}  # fmt: skip


def where(institution):
    return {"institution": institution, "grassroots": institution in GRASSROOTS, "leads": institution == 10,
            "in_county": institution != 90}  # fmt: skip


def rows(fact, told):
    """Every column that nobody told is unknown; of who and where only what the fact has."""
    empty = dict.fromkeys([fact.key, *[one.name for one in fact.columns]])
    strange = {name for row in told for name in row} - empty.keys() - who(1).keys() - where(1).keys()
    assert not strange, f"{fact.code}: {strange}"
    return [empty | {fact.key: number} | {k: v for k, v in row.items() if k in empty}
            for number, row in enumerate(told, 1)]  # fmt: skip


def table(text):
    """Lines of columns; `-` is unknown, yes and no are yes and no."""
    words = {"-": None, "yes": True, "no": False}
    return [[words.get(cell, cell) for cell in line.split()] for line in text.strip().splitlines()]


def number(told, make=int):
    return None if told is None else make(told)


PLACES = rows(places, [
    {"institution": i, "township": t, "group": 2 if i > 1 else None, "county": 1, "village": i in (21, 22, 31, 32),
     "remote_ecg": i in (21, 32), "grassroots": i in GRASSROOTS, "at": date(2015, 1, 1),
     "until": date(2025, 9, 1) if i == 32 else None}
    for i, t in ((1, None), (10, None), (11, None), (20, 20), (21, 20), (22, 20), (30, 30), (31, 30), (32, 30))
])  # fmt: skip

# person · managed by · filed on · from · until. 9 dies, 12 moves, 8 is born, 13 arrives, 11 works far away.
PEOPLE = rows(people, [
    who(int(p)) | {"managing": int(m), "filed_on": day(f), "at": day(a), "until": day(u)}
    for p, m, f, a, u in table("""
    1  21 2015-01-01 1950-03-01 -
    2  21 2015-01-01 1955-07-01 -
    3  22 2015-01-01 1960-01-15 -
    4  22 2015-01-01 1970-05-05 -
    5  31 -          1985-10-10 -
    6  31 2015-01-01 1990-12-31 -
    7  31 2016-01-01 2015-06-01 -
    8  20 -          2025-02-01 -
    9  21 2015-01-01 1945-04-04 2025-08-02
    10 30 2015-01-01 1958-02-02 -
    11 30 -          1980-01-01 -
    12 21 2015-01-01 1966-06-06 2025-07-01
    12 31 2015-01-01 2025-07-01 -
    13 20 2025-04-02 2025-04-01 -
    """)
])  # fmt: skip

# person · day · where · class · treatment · Chinese medicine · diagnosis · total · drugs · goods · tests · service
VISITS = rows(visits, [
    who(int(p)) | where(int(i)) | {
        "at": day(a), "visit_class": c, "treatment": t, "inpatient": c == "inpatient", "tcm": tcm, "diagnosis": dx,
        "total": number(total), "drugs": number(drugs), "consumables": number(goods), "tests": number(tests),
        "service": number(service)}
    for p, a, i, c, t, tcm, dx, total, drugs, goods, tests, service in table("""
    1  2025-01-10 21 village         yes no  I10 3000   2000   0     0      1000
    1  2025-03-10 10 outpatient      yes no  I10 20000  8000   1000  6000   5000
    2  2025-02-02 20 outpatient      yes yes E11 5000   4000   0     0      1000
    2  2025-05-01 10 inpatient       no  no  E11 500000 150000 50000 100000 200000
    3  2025-06-06 22 home            yes no  I10 -      -      -     -      -
    4  2025-07-07 11 outpatient      yes yes -   8000   5000   0     1000   2000
    5  2025-08-08 10 emergency       yes no  S52 10000  -      -     -      -
    6  2025-09-09 31 village         yes no  J06 2000   2000   0     0      0
    7  2025-10-10 30 physical_exam   no  no  -   -      -      -     -      -
    3  2025-10-11 20 physical_exam   no  no  -   -      -      -     -      -
    10 2025-11-11 30 outpatient      yes no  I11 4000   3000   0     0      1000
    4  2025-12-12 90 outpatient      yes no  C34 90000  1000   0     0      0
    11 2025-03-03 10 outpatient      yes no  E11 1000   500    0     0      500
    1  2024-05-05 21 village         yes no  I10 1000   1000   0     0      0
    12 2025-04-04 20 inpatient       no  no  J18 100000 40000  10000 20000  30000
    1  2025-12-31 21 public_health   no  no  -   -      -      -     -      -
    """)
])  # fmt: skip

# person · day · where · operated · highest grade · days · total
DISCHARGES = rows(discharges, [
    who(int(p)) | where(int(i)) | {
        "at": day(a), "operated": o, "top_grade": number(g), "bed_days": number(n), "total": number(total)}
    for p, a, i, o, g, n, total in table("""
    2  2025-05-11 10 no  - 10 500000
    12 2025-04-10 20 no  - 6  100000
    5  2025-08-20 10 yes 3 12 800000
    6  2025-09-20 10 yes 4 8  1200000
    1  2025-10-20 10 yes 2 4  -
    4  2025-12-20 11 yes - -  300000
    4  2025-11-01 90 no  - 9  3000000
    1  2024-03-03 10 no  - 9  1
    2  2024-04-04 10 no  - 9  1
    3  2024-05-05 20 no  - 9  1
    3  2024-06-06 20 no  - 9  1
    """)
])  # fmt: skip

OPERATIONS = rows(operations, [
    who(int(p)) | where(int(i)) | {"at": day(a), "grade": number(g)}
    for p, a, i, g in table("""
    5 2025-08-10 10 3
    6 2025-09-10 10 4
    1 2025-10-18 10 2
    4 2025-12-18 11 -
    4 2025-12-19 11 3
    4 2025-10-30 90 4
    1 2024-03-01 10 3
    1 2024-03-01 10 4
    2 2024-04-01 10 4
    3 2024-05-01 11 4
    3 2024-06-01 11 4
    """)
])  # fmt: skip

BED_STAYS = rows(bed_stays, [
    {"person": int(p), "born": who(int(p))["born"], "institution": int(i), "grassroots": int(i) in GRASSROOTS,
     "in_county": i != "90", "at": day(a), "until": day(u)}
    for p, i, a, u in table("""
    2  10 2025-05-01 2025-05-11
    12 20 2025-04-04 2025-04-10
    1  10 2024-12-30 2025-01-03
    6  10 2025-12-30 -
    4  90 2025-10-27 2025-11-01
    """)
])  # fmt: skip

OPEN_BEDS = rows(open_beds, [
    {"institution": int(i), "grassroots": int(i) in GRASSROOTS, "leads": i == "10", "beds": int(b), "at": day(a),
     "until": day(u)}
    for i, b, a, u in table("""
    10 20 2020-01-01 -
    20 4  2020-01-01 2025-07-01
    20 6  2025-07-01 -
    30 5  2020-01-01 -
    """)
])  # fmt: skip

STAFF = rows(staff, [
    {"staff": int(s), "institution": int(i), "doctor": d, "nurse": n, "rank": r, "grassroots": int(i) in GRASSROOTS,
     "leads": i == "10", "at": day(a), "until": day(u)}
    for s, i, d, n, r, a, u in table("""
    1 10 yes no  senior  2010-01-01 -
    2 10 yes no  middle  2010-01-01 2025-03-01
    2 20 yes no  middle  2025-03-01 -
    3 20 yes no  junior  2010-01-01 -
    4 30 yes no  middle  2025-07-01 -
    5 21 no  yes junior  2010-01-01 -
    6 10 no  yes middle  2010-01-01 -
    """)
])  # fmt: skip

STATIONINGS = rows(stationings, [
    {"staff": int(s), "institution": int(i), "doctor": d, "rank": r, "grassroots": True, "at": day(a)}
    for s, i, d, r, a in table("""
    2 20 yes middle  2025-08-31
    2 30 yes middle  2025-12-31
    7 20 yes unknown 2025-09-30
    8 30 no  middle  2025-09-30
    9 30 yes senior  2025-10-30
    1 30 yes senior  2024-10-30
    """)
])  # fmt: skip

# person · day · managed by · insured · in the county · at the grassroots · kind · area · diagnosis · total · paid ·
# paid by the person · days until it came
CLAIMS = rows(claims, [
    who(number(p)) | {
        "at": day(a), "managing": int(m), "insured": n, "in_county": c, "grassroots": g, "visit_kind": kind,
        "pharmacy": kind == "pharmacy", "inpatient": kind == "inpatient", "outpatient": kind == "outpatient",
        "area": area, "diagnosis": dx, "chapter": dx and dx[0], "total": number(total), "paid": number(paid),
        "self_paid": number(own), "lag_days": number(lag)}
    for p, a, m, n, c, g, kind, area, dx, total, paid, own, lag in table("""
    1  2025-01-10 21 yes yes yes outpatient county  I10 3000    1500    1500    10
    1  2025-03-10 21 yes yes no  outpatient county  I10 20000   8000    12000   20
    2  2025-05-11 21 yes yes no  inpatient  county  E11 500000  350000  150000  30
    12 2025-04-10 21 yes yes yes inpatient  county  J18 100000  80000   20000   40
    5  2025-08-20 31 yes yes no  inpatient  county  S52 800000  500000  300000  50
    4  2025-11-01 22 yes no  no  inpatient  outside C34 3000000 1200000 1800000 100
    6  2025-06-30 31 yes no  no  inpatient  city    S82 900000  400000  500000  95
    7  2025-07-01 31 yes no  no  outpatient city    J06 30000   0       30000   60
    3  2025-02-02 22 yes yes no  pharmacy   county  -   5000    4000    1000    5
    -  2025-02-03 1  yes yes no  outpatient county  J06 -       2000    -       -
    10 2025-02-04 30 no  yes no  inpatient  county  I11 999999  999999  0       25
    2  2025-10-20 21 yes yes no  inpatient  county  I63 400000  300000  100000  15
    1  2024-03-03 21 yes yes no  inpatient  county  I10 400000  1       1       1
    3  2024-05-05 22 yes yes yes inpatient  county  J18 200000  1       1       1
    1  2024-05-05 21 yes yes yes outpatient county  I10 10000   1       1       1
    """)
])  # fmt: skip

# person · day · born · managed by · cause · age in days, in years · managed · a mother · lives here
DEATHS = rows(deaths, [
    {"person": int(p), "at": day(a), "born": day(b), "sex": "1", "managing": int(m), "cause": c,
     "age_days": number(n), "age_years": number(y), "chronic_managed": chronic, "maternal": mother, "lives": lives}
    for p, a, b, m, c, n, y, chronic, mother, lives in table("""
    9 2025-08-01 1945-04-04 21 I21 29220 80 yes no yes
    20 2025-03-03 1965-02-01 22 C34 21915 60 no no yes
    21 2025-01-15 2025-01-10 31 P22 5 0 no no yes
    22 2025-06-01 2024-10-01 31 Q21 243 0 no no yes
    23 2025-05-04 2021-05-05 30 W74 1460 3 no no yes
    24 2025-02-02 1995-01-01 30 O72 10958 30 no yes yes
    25 2025-04-04 1957-01-01 30 I64 25000 68 yes no no
    26 2025-12-01 - 21 - - - yes no yes
    27 2025-11-11 1937-11-11 20 R54 32142 88 no no yes
    28 2024-02-11 2024-02-01 31 P07 10 0 no no yes
    29 2024-06-06 1950-06-30 21 I10 27000 73 yes no yes
    30 2023-04-04 1990-05-20 31 O14 12000 32 no yes yes
    """)
])  # fmt: skip

BIRTHS = rows(births, [
    {"mother": 40 + n, "at": day(a), "managing": int(m), "live": live, "weight": number(w), "weeks": number(weeks),
     "place": place, "sex": "2"}
    for n, (a, m, live, w, weeks, place) in enumerate(table("""
    2025-01-10 31 yes 3000 39 institution
    2025-02-01 20 yes 2400 36 institution
    2025-03-01 21 yes -    -  home
    2025-04-01 21 yes 3500 40 institution
    2025-05-01 22 no  900  28 institution
    2024-01-01 21 yes 3000 39 institution
    2024-02-01 31 yes 3000 39 institution
    2024-03-01 22 yes 3000 39 institution
    2023-01-01 22 yes 3000 39 institution
    """))
])  # fmt: skip

ENROLMENTS = rows(enrolments, [
    who(int(p)) | {
        "disease": d, "managing": int(m), "grassroots": m != "10", "at": day(a), "until": day(u)}
    for p, d, m, a, u in table("""
    1  hypertension 21 2020-01-01 -
    2  diabetes     21 2021-01-01 -
    2  hypertension 21 2021-01-01 -
    3  hypertension 22 2025-06-01 -
    9  hypertension 21 2019-01-01 2025-08-02
    4  diabetes     10 2022-01-01 -
    10 copd         30 2022-01-01 -
    6  hypertension 31 2023-01-01 2024-06-01
    """)
])  # fmt: skip

# person · disease · day · face to face · systolic · diastolic · glucose · HbA1c · valid
FOLLOW_UPS = rows(follow_ups, [
    who(int(p)) | {
        "disease": d, "at": day(a), "institution": HOME[int(p)], "face_to_face": face,
        "systolic": number(s, Decimal), "diastolic": number(dia, Decimal), "glucose": number(g, Decimal),
        "hba1c": number(h, Decimal), "valid": valid}
    for p, d, a, face, s, dia, g, h, valid in table("""
    1 hypertension 2025-01-05 yes 150 85 -   -   yes
    1 hypertension 2025-04-05 yes 145 85 -   -   yes
    1 hypertension 2025-07-05 yes 148 88 -   -   yes
    1 hypertension 2025-10-05 yes 149 89 -   -   yes
    2 hypertension 2025-02-01 yes 141 85 -   -   yes
    2 hypertension 2025-05-01 no  139 85 -   -   no
    2 hypertension 2025-08-01 yes 138 85 -   -   yes
    9 hypertension 2025-03-03 yes 170 95 -   -   yes
    6 hypertension 2025-03-03 yes 120 70 -   -   yes
    4 diabetes     2025-06-01 yes -   -  7.2 6.9 yes
    2 diabetes     2025-02-01 yes -   -  7.5 -   yes
    2 diabetes     2025-05-01 no  -   -  7.1 -   no
    2 diabetes     2025-08-01 yes -   -  6.5 6.8 yes
    1 hypertension 2024-12-01 yes 130 80 -   -   yes
    """)
])  # fmt: skip

# direction · from · accepted · arrived · returned · minutes until accepted, arrived, returned · state
REFERRALS = rows(referrals, [
    {"person": 1, "at": date(2025, 5, 5), "direction": d, "urgency": "routine", "institution": int(i),
     "from_leads": i == "10", "managing": 21, "accepted": ac, "arrived": ar, "returned": re,
     "minutes_to_accept": number(a), "minutes_to_arrive": number(b), "minutes_to_return": number(c), "state": state}
    for d, i, ac, ar, re, a, b, c, state in table("""
    upward   20 yes yes yes 30   100 5000 returned
    upward   21 yes yes no  60   200 -    arrived
    upward   30 yes no  no  1440 -   -    accepted
    upward   31 no  no  no  -    -   -    declined
    downward 10 yes yes no  90   300 -    arrived
    downward 11 yes no  no  2000 -   -    accepted
    outward  10 yes no  no  -    -   -    accepted
    upward   20 no  no  no  -    -   -    waiting
    """)
])  # fmt: skip

ARRIVALS = rows(arrivals, [
    {"at": day(a), "sender": "甲", "fact": f, "institution": int(i), "expected": number(e), "received": int(r),
     "waiting": int(w), "complete": c, "lag_days": number(lag)}
    for a, f, i, e, r, w, c, lag in table("""
    2025-01-01 visit 10 100 100 0 yes 1
    2025-02-01 visit 10 100 90  3 no  2
    2025-01-01 claim 20 -   50  1 -   30
    2025-02-01 claim 20 10  0   0 no  -
    2025-03-01 visit 20 20  25  0 yes 4
    """)
])  # fmt: skip

COUNTY = {
    "places": PLACES, "people": PEOPLE, "visits": VISITS, "discharges": DISCHARGES, "operations": OPERATIONS,
    "bed_stays": BED_STAYS, "open_beds": OPEN_BEDS, "staff": STAFF, "stationings": STATIONINGS, "claims": CLAIMS,
    "deaths": DEATHS, "births": BIRTHS, "enrolments": ENROLMENTS, "follow_ups": FOLLOW_UPS, "referrals": REFERRALS,
    "arrivals": ARRIVALS,
}  # fmt: skip
