"""指标里反复出现的人和事：谁算常住、谁算参保、哪些算诊疗人次、谁在管。"""

from yigongti.chronic.facts import enrolments
from yigongti.fund.facts import claims
from yigongti.kernel.measures.words import among
from yigongti.kernel.parameters.words import parameter
from yigongti.organisations.facts import open_beds, places, staff
from yigongti.publichealth.facts import births, deaths
from yigongti.record.facts import discharges, operations, visits
from yigongti.residents.facts import people


# 一个人在一天里只由一个机构管理，一天的行数就是人数。
residents = people.where(lives=True)
residents_at_end = residents.on_last_day()
residents_on_average = residents.mid_period()
insured_at_end = people.where(insured=True).on_last_day().people()

# 参保人在哪里都算，药店不算。
settled = claims.where(insured=True, pharmacy=False)
settled_stays = claims.where(insured=True, inpatient=True)
settled_clinic = claims.where(insured=True, outpatient=True)

# 体检、接种等公共卫生服务不计诊疗人次。
consultations = visits.where(treatment=True, in_county=True)
stays = discharges.where(in_county=True)
surgery = operations.where(in_county=True)

FOUR_CHRONIC = parameter("indicators.four_chronic_causes")
CHRONIC = among("hypertension", "diabetes")
managed = enrolments.where(disease=CHRONIC).days()
managed_hypertension = enrolments.where(disease="hypertension").days()
managed_diabetes = enrolments.where(disease="diabetes").days()

resident_deaths = deaths.where(lives=True)
live_births = births.where(live=True)
village_rooms = places.where(village=True).on_last_day()
doctors = staff.where(doctor=True)
beds = open_beds.rows()
