"""Django's name for this chapter."""

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "yigongti.referral"
    label = "referral"
