"""The forms of this chapter's registers."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.kernel.pages.picked import Picked, RegisterForm, coded
from yigongti.organisations import shape
from yigongti.organisations.codes import division_fault, tidy
from yigongti.organisations.labels import (
    DUTIES,
    FAMILIES,
    GRADES,
    KINDS,
    LEGAL_MODELS,
    LEVELS,
    OWNERSHIPS,
    SEXES,
    WEEKDAYS,
    grade_code,
)
from yigongti.organisations.models import (
    CalendarDay,
    Centre,
    Charter,
    Department,
    Division,
    Duty,
    Group,
    Institution,
    OpeningHours,
    Staff,
    Stationing,
)


class GroupForm(RegisterForm):
    """A group of the county."""

    legal_model = coded(LEGAL_MODELS, label="法人形式")

    class Meta:
        model = Group
        fields: ClassVar = ["name", "legal_model", "founded_on"]
        labels: ClassVar = {"name": "名称", "founded_on": "成立日期"}


class InstitutionForm(RegisterForm):
    """An institution. Where it belongs is asked once, at the beginning; later it moves by an action of its own."""

    kind = coded(KINDS, label="类型")
    level = coded(LEVELS, label="级别")
    ownership = coded(OWNERSHIPS, label="举办")
    grade = coded(GRADES, label="等级", required=False)
    parent = Picked("unit", label="设在", help_text="医共体、县；村卫生室选它的卫生院")
    since = forms.DateField(label="归属起始日期")
    leads = forms.BooleanField(label="是牵头机构", required=False)

    class Meta:
        model = Institution
        fields: ClassVar = [
            "name", "short_name", "kind", "level", "ownership", "grade", "beds_approved", "beds_open", "credit_code",
            "ws218_code", "division", "address", "phone", "legal_representative", "longitude", "latitude", "remote_ecg",
        ]  # fmt: skip
        labels: ClassVar = {
            "name": "名称", "short_name": "简称", "beds_approved": "核定床位", "beds_open": "开放床位",
            "credit_code": "统一社会信用代码", "ws218_code": "机构代码（WS 218）", "division": "区划代码",
            "address": "地址", "phone": "电话", "legal_representative": "法定代表人", "longitude": "经度",
            "latitude": "纬度", "remote_ecg": "可做远程心电",
        }  # fmt: skip
        help_texts: ClassVar = {
            "credit_code": "校验位不对会提示，不影响保存",
            "division": "县 6 位、乡镇 9 位、村 12 位",
            "longitude": "WGS 84 度，如 111.91",
            "latitude": "WGS 84 度，如 37.03",
        }

    field_order = ["parent", "since", "leads", "name", "short_name", "kind", "level", "ownership", "grade"]  # noqa: RUF012 - Django declares it so

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance._state.adding:
            self.fields["since"].initial = clock.today()
        else:
            for name in ("parent", "since", "leads"):
                del self.fields[name]
            del self.fields["kind"]  # roles depend on it: another kind is another institution
            self.initial["grade"] = grade_code(self.instance.grade)

    def clean_credit_code(self) -> str:
        return tidy(self.cleaned_data["credit_code"])

    def clean_ws218_code(self) -> str:
        return tidy(self.cleaned_data["ws218_code"])

    def clean_division(self) -> str:
        division = tidy(self.cleaned_data["division"])
        if division and (fault := division_fault(division)):
            raise forms.ValidationError(fault)
        return division

    def clean(self) -> dict[str, Any]:
        """Rules between fields: a point has both coordinates, and stands on the earth; the parent fits the kind."""
        given = super().clean() or self.cleaned_data
        east, north = given.get("longitude"), given.get("latitude")
        if (east is None) != (north is None) and not {"longitude", "latitude"} & set(self.errors):
            self.add_error("latitude" if north is None else "longitude", say("经度和纬度要一起填"))
        if east is not None and not -180 <= east <= 180:
            self.add_error("longitude", say("应在 -180 到 180 之间"))
        if north is not None and not -90 <= north <= 90:
            self.add_error("latitude", say("应在 -90 到 90 之间"))
        parent, kind = given.get("parent"), given.get("kind")
        if parent is not None and kind and (fault := shape.parent_fault(kind, parent)):
            self.add_error("parent", say(fault))
        return given


class DepartmentForm(RegisterForm):
    """A department. Its host institution changes by an action of its own, from a day."""

    institution = Picked("own_institution", label="机构")
    since = forms.DateField(label="设立日期")

    class Meta:
        model = Department
        fields: ClassVar = ["institution", "name", "specialty", "receives_referrals", "treats"]
        labels: ClassVar = {
            "name": "名称", "specialty": "诊疗科目代码", "receives_referrals": "接收转诊", "treats": "能收治什么",
        }  # fmt: skip
        help_texts: ClassVar = {"treats": "转诊时按这里的文字查找，例如：急性心梗、心力衰竭"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance._state.adding:
            self.fields["since"].initial = clock.today()
        else:
            del self.fields["since"]
            del self.fields["institution"]


class CentreForm(RegisterForm):
    """A centre and its family (R15)."""

    family = coded(FAMILIES, label="类别")
    host = Picked("own_institution", label="依托机构")

    class Meta:
        model = Centre
        fields: ClassVar = ["name", "family", "host", "scope", "opened_on", "closed_on"]
        labels: ClassVar = {"name": "名称", "scope": "服务范围", "opened_on": "成立日期", "closed_on": "撤销日期"}


class StaffForm(RegisterForm):
    """One of the staff, with the three homes (R79)."""

    sex = coded(SEXES, label="性别")
    works_at = Picked("unit", label="工作单位")
    establishment_at = Picked("own_institution", label="编制单位", required=False)
    payroll_at = Picked("own_institution", label="发薪单位", required=False)
    account = Picked("account", label="账号", required=False)

    class Meta:
        model = Staff
        fields: ClassVar = [
            "name", "sex", "birth_date", "profession", "title", "licence_no", "phone", "works_at", "establishment_at",
            "payroll_at", "account", "left_on",
        ]  # fmt: skip
        labels: ClassVar = {
            "name": "姓名", "birth_date": "出生日期", "profession": "职业", "title": "职称",
            "licence_no": "执业证书编号", "phone": "电话", "left_on": "离开日期",
        }  # fmt: skip

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born is not None and not 15 <= (clock.today() - born).days / 365.25 <= 100:
            raise forms.ValidationError(say("年龄应在 15 到 100 岁之间"))
        return born


class StationingForm(RegisterForm):
    """Somebody who works at another institution for a while; a round of an afternoon is none."""

    staff = Picked("staff", label="职工")
    institution = Picked("own_institution", label="派驻机构")

    class Meta:
        model = Stationing
        fields: ClassVar = ["staff", "institution", "begins", "ends"]
        labels: ClassVar = {"begins": "开始日期", "ends": "结束日期"}
        help_texts: ClassVar = {"ends": "还在派驻的不填；当年连续满 183 天的计入派驻人数，巡诊不登记"}


class DutyForm(RegisterForm):
    """A turn on a duty roster."""

    duty = coded(DUTIES, label="值班")
    unit = Picked("unit", label="单位")
    account = Picked("account", label="值班人")

    class Meta:
        model = Duty
        fields: ClassVar = ["unit", "duty", "account", "begins", "ends"]
        labels: ClassVar = {"begins": "开始", "ends": "结束"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        begins, ends = given.get("begins"), given.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", say("应晚于开始"))
        return given


class HoursForm(RegisterForm):
    """A span of a weekday in which an institution is open."""

    institution = Picked("own_institution", label="机构")
    weekday = coded(WEEKDAYS, label="星期")

    class Meta:
        model = OpeningHours
        fields: ClassVar = ["institution", "weekday", "opens", "closes"]
        labels: ClassVar = {"opens": "开门", "closes": "关门"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        opens, closes = given.get("opens"), given.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", say("应晚于开门；过夜的分成两段"))
        elif opens and closes and given.get("institution") and "weekday" in given:
            self._refuse_overlap(given)
        return given

    def _refuse_overlap(self, given: dict[str, Any]) -> None:
        others = OpeningHours.objects.filter(
            institution=given["institution"],
            weekday=given["weekday"],
            opens__lt=given["closes"],
            closes__gt=given["opens"],
        ).exclude(pk=self.instance.pk)
        other = others.first()
        if other is not None:
            self.add_error("opens", say("与 {a}–{b} 重叠", a=f"{other.opens:%H:%M}", b=f"{other.closes:%H:%M}"))


class CalendarForm(RegisterForm):
    """A day on which the weekday does not decide."""

    class Meta:
        model = CalendarDay
        fields: ClassVar = ["day", "works", "name", "source"]
        labels: ClassVar = {"day": "日期", "works": "上班", "name": "名称", "source": "来源"}


class DivisionForm(RegisterForm):
    """A street, township or village."""

    code = forms.RegexField(
        "^([0-9]{9}|[0-9]{12})$", label="区划代码",
        error_messages={"invalid": "区划代码是 9 位（乡镇、街道）或 12 位（村、社区）数字"},
    )  # fmt: skip

    class Meta:
        model = Division
        fields: ClassVar = ["code", "name"]
        labels: ClassVar = {"name": "名称"}


class CharterForm(RegisterForm):
    """A version of a charter; once a member has said yes it is not edited any more (R9)."""

    group = Picked("group", label="医共体（集团）")

    class Meta:
        model = Charter
        fields: ClassVar = ["group", "title", "text", "begins"]
        labels: ClassVar = {"title": "标题", "text": "正文", "begins": "施行日期"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.instance._state.adding and self.instance.approvals.exists():
            raise forms.ValidationError(say("已有成员单位同意这一版；要改请另立一版"))
        return given
