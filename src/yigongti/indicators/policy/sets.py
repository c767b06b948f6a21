"""上级的指标集：每一项由本平台的哪些指标给出。2024 版十四项齐全；2020 试行版按本项目的编号 [M]。"""

MONITORING_2024 = {
    "1.1": ("unified_resources",),
    "1.2": ("internal_democracy",),
    "1.3": ("service_coordination",),
    "2.1": ("stationed_doctors",),
    "2.2": ("remote_imaging", "village_ecg"),
    "2.3": ("income_ratio",),
    "3.1": ("grassroots_visit_share",),
    "3.2": ("fund_in_county_share",),
    "3.3": ("fund_grassroots_share",),
    "4.1": ("stay_cost_per_person", "stay_cost_per_person_growth"),
    "4.2": ("in_county_stay_share",),
    "4.3": ("tcm_share",),
    "5.1": ("managed_hospitalised",),
    "5.2": ("premature_mortality",),
}

MONITORING_2020 = {
    "A1": ("in_county_visit_share",),
    "A2": ("in_county_stay_share",),
    "A3": ("grassroots_clinic_share",),
    "A4": ("grassroots_tcm_share",),
    "A5": ("grassroots_managed_share", "hypertension_standard", "diabetes_standard"),
    "A6": ("down_referral_share",),
    "B1": ("basic_standard", "recommended_standard"),
    "B2": ("high_grade_surgery_share",),
    "B3": ("quality_grassroots_share",),
    "B4": ("new_techniques",),
    "B5": ("remote_services",),
    "B6": ("doctors_per_thousand",),
    "C1": ("grassroots_bed_use",),
    "C2": ("visits_per_doctor_day",),
    "C3": ("staff_cost_share",),
    "C4": ("service_income_share",),
    "C5": ("income_ratio",),
    "C6": ("fiscal_share",),
    "C7": ("patient_satisfaction", "staff_satisfaction"),
    "D1": ("fund_in_county_share",),
    "D2": ("fund_grassroots_share",),
    "D3": (
        "clinic_cost_per_visit",
        "clinic_cost_per_visit_growth",
        "stay_cost_per_stay",
        "stay_cost_per_stay_growth",
    ),
    "D4": ("actual_reimbursement",),
    "D5": ("hospitalisation_rate",),
}

SETS = {"监测指标体系（2024版）": MONITORING_2024, "监测指标体系（2020试行版）": MONITORING_2020}
