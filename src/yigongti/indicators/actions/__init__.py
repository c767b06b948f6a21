"""Writes of figures: releases and appeals, judgements, targets. No action writes a number that an engine computes."""

from yigongti.indicators.actions.judging import judge
from yigongti.indicators.actions.releasing import answer_appeal, appeal
from yigongti.indicators.actions.targeting import set_target


__all__ = ["answer_appeal", "appeal", "judge", "set_target"]
