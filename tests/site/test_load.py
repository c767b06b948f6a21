"""What `./run load` says of a folder: what became of its files, and by name what no door has taken."""

from __future__ import annotations

import pytest

from yigongti.site import load


@pytest.fixture
def folder(tmp_path, monkeypatch):
    def hl7(folder):
        return folder.each(lambda path: [("waiting", "没有出生日期")] if path.stem == "a" else [])

    def wave(folder):
        return folder.each(lambda path: [("applied", "")])

    monkeypatch.setattr(load, "DOORS", ((frozenset({".hl7"}), hl7), (frozenset({".hea"}), wave)))
    for name in ("a.hl7", "b.hl7", "100.hea", "100.dat", "100.atr", "101.dat", "README"):
        (tmp_path / name).write_text("x")
    return tmp_path


def told(folder, capsys):
    load._told("here", *load._taken("here", sorted(folder.iterdir()), []))
    return capsys.readouterr()


def test_what_was_taken_is_counted_and_what_was_not_is_named_with_its_companions_left_out(folder, capsys):
    said = "".join(told(folder, capsys))
    assert "已收进 applied 1，等待 waiting 1" in said and "没有出生日期" in said
    assert "101.dat、README、b.hl7（没有接收这类文件的门" in said
    assert "100.dat" not in said and "100.atr" not in said


def test_of_many_files_the_first_are_named_and_all_are_counted(tmp_path, capsys):
    for n in range(9):
        (tmp_path / f"{n}.bin").write_text("x")
    said = "".join(told(tmp_path, capsys))
    assert "0.bin、1.bin、2.bin、3.bin、4.bin 等 9 个" in said and "没有外部系统送来的数据" in said
