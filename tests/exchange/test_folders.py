"""Files of a folder: which kind of sheet each is by its columns, and which is none and says so."""

import pytest

from yigongti.exchange.batches.loading import INDEX, fit_of_file


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr("yigongti.exchange.batches.loading.values.number", lambda _code: 1000)

    def write(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def kinds(path):
    return [kind.code for kind in fit_of_file(path).kinds]


def test_a_sheet_is_known_by_its_columns_and_may_be_of_two_kinds(file):
    people = "patient_id,gender,birth_date,death_date,htn_onset,t2dm_onset,encounters\np1,female,1970-05-28,,,,49\n"
    assert kinds(file("patients.csv", people)) == ["residents", "onsets"]
    assert kinds(file("m.csv", "patient_id,date,kind,value1,value2\np1,2011-10-14,BP,129,75\n")) == ["measurements"]


@pytest.mark.requirement("R164")
def test_a_list_of_the_files_beside_it_is_no_sheet_though_it_names_onsets(file):
    file("Tristan.json", "{}")
    index = "file,patient_id,bundle_type,birthDate,deceased,htn_onset,t2dm_onset,resources\n"
    found = fit_of_file(file("index.csv", index + "Tristan.json,p1,transaction,1951-07-30,,,1988-08-22,488\n"))
    assert (list(found.kinds), found.why) == ([], INDEX)


def test_a_table_of_which_few_columns_are_known_is_not_misread_and_says_how_few(file):
    told = "编号,patient_id,甲,乙,丙,丁,htn_onset\n1,p1,,,,,2011-01-01\n"
    assert fit_of_file(file("别的.csv", told)).why == "不是认得的表格：7 列里认得 2 列"
    assert not kinds(file("空.csv", "")) and fit_of_file(file("空.csv", "")).why


def test_a_wide_sheet_of_an_insurer_is_known_by_the_columns_that_are_ours(file):
    ours = "结算编号,医保经办区划,险种类型,医疗类别,机构名称,结算日期,医疗费总额,统筹支付"
    others = ",".join(f"其他{n}" for n in range(40))
    assert kinds(file("结算.csv", f"{ours},{others}\nS1,140781,居民医保,住院,省医院,2026-02-10,100,80\n")) == ["claims"]
