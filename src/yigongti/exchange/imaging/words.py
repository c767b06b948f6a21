"""How examinations are called: the modality and the part of the body in words, a recording in one line."""

from __future__ import annotations

from collections import Counter

from yigongti.exchange.waveforms.form import MICROVOLT, Recording


# Defined terms of (0008,0060) Modality, PS3.3 C.7.3.1.1.1, as a county's staff call them.
MODALITIES = {
    "CT": "CT", "MR": "磁共振", "US": "超声", "IVUS": "血管内超声", "CR": "X 线摄影", "DX": "X 线摄影",
    "DR": "X 线摄影", "RG": "X 线摄影", "MG": "乳腺 X 线摄影", "IO": "牙片", "PX": "口腔全景片", "RF": "X 线透视",
    "XA": "血管造影", "NM": "核医学", "PT": "PET", "ES": "内镜", "XC": "照片", "GM": "显微镜", "SM": "病理切片",
    "OP": "眼底照相", "OPT": "眼科断层", "BMD": "骨密度", "ECG": "心电图", "HD": "血流动力学", "EEG": "脑电图",
    "SR": "结构化报告", "PR": "显示状态", "KO": "关键图像标记", "DOC": "文档", "SC": "截图", "OT": "其他影像",
    "RTPLAN": "放疗计划", "RTDOSE": "放疗剂量", "RTSTRUCT": "放疗靶区", "RTIMAGE": "放疗影像", "SEG": "分割",
}  # fmt: skip
# Defined terms of (0018,0015) Body Part Examined, PS3.16 annex L: the common ones.
BODY_PARTS = {
    "ABDOMEN": "腹部", "ANKLE": "踝", "BREAST": "乳腺", "CHEST": "胸部", "THORAX": "胸部", "CSPINE": "颈椎",
    "TSPINE": "胸椎", "LSPINE": "腰椎", "SPINE": "脊柱", "ELBOW": "肘", "FOOT": "足", "HAND": "手", "HEAD": "头部",
    "BRAIN": "脑", "HEART": "心脏", "HIP": "髋", "KNEE": "膝", "LIVER": "肝", "KIDNEY": "肾", "NECK": "颈部",
    "PELVIS": "盆腔", "SHOULDER": "肩", "SKULL": "颅骨", "THYROID": "甲状腺", "UTERUS": "子宫", "WRIST": "腕",
    "WHOLE BODY": "全身", "WHOLEBODY": "全身",
}  # fmt: skip
NO_REPORT = "来源方所述，不是诊断报告"


def modality(code: str) -> str:
    """The modality in words, or its code."""
    return MODALITIES.get(code.upper(), code) or "影像"


def body_part(code: str) -> str:
    """The part of the body in words, or as it was sent."""
    return BODY_PARTS.get(code.upper(), code)


def recording_title(recording: Recording) -> str:
    """心电图 12 导联 10 秒; whatever holds no voltage is a waveform."""
    name = "心电图" if any(lead.unit == MICROVOLT for lead in recording.leads) else "波形记录"
    return f"{name} {len(recording.leads)} 导联 {_span(recording.duration)}"


def recording_text(recording: Recording) -> str:
    """What the device and the file say beside the curve; none of it is anybody's report."""
    lines = []
    if recording.statements:
        lines.append(f"设备自动判读（{NO_REPORT}）：{'；'.join(recording.statements)}")
    if recording.notes:
        lines.append(f"文件中的说明（{NO_REPORT}）：{'；'.join(recording.notes)}")
    codes = Counter(one.code for one in recording.annotations)
    if codes:
        lines.append(f"标注：{'、'.join(f'{code} {count}' for code, count in codes.most_common())}")
    if recording.left_out:
        lines.append(f"原件中另有、没有画出的：{'、'.join(recording.left_out)}")
    return "\n".join(lines)


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} 秒" if seconds >= 1 else f"{seconds:.2f} 秒"
    minutes = round(seconds / 60)
    return f"{minutes} 分钟" if minutes < 120 else f"{minutes // 60} 小时 {minutes % 60} 分钟"
