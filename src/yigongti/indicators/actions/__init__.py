"""Writes of figures: releases and appeals, judgements, targets. No action writes a number that an engine computes."""

from yigongti.indicators.actions.judging import attach_evidence, confirm_judgement, drop_evidence, judge
from yigongti.indicators.actions.releasing import answer_appeal, appeal
from yigongti.indicators.actions.targeting import set_target


__all__ = ["answer_appeal", "appeal", "attach_evidence", "confirm_judgement", "drop_evidence", "judge", "set_target"]
