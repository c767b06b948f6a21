"""./run token: make a FHIR client for an institution, or close one; the secret is shown once and kept nowhere."""

import argparse

import django

from yigongti.site.progress import say
from yigongti.site.running import settings_at_hand
from yigongti.site.sentence import Sentence


USUAL = "system/*.cruds"


def main(arguments: list[str]) -> int:
    """Make or close a client."""
    chosen = _parse(arguments)
    with settings_at_hand():
        django.setup()
        from yigongti.exchange.processes.fhir import end_client, make_client
        from yigongti.kernel.refusal import Refusal

        try:
            if chosen.end:
                end_client(code=chosen.end)
                say(f"已停用 {chosen.end}。 Closed; its tokens are worth nothing from now on.")
                return 0
            made = make_client(institution=chosen.institution, title=chosen.title, scopes=chosen.scopes)
        except Refusal as refusal:
            raise Sentence(str(refusal), "Refused; see --help.") from refusal
    say(f"机构 institution：{made.institution}")
    say(f"客户端 client_id：{made.code}")
    say(f"密钥 client_secret：{made.secret}   （只显示这一次 shown this once）")
    say(f"范围 scopes：{made.scopes}")
    say("取令牌 token: POST /fhir/token grant_type=client_credentials；地址 base: /fhir/R4")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run token", description="FHIR 客户端 makes a client of the FHIR server")
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("--institution", default="", help="机构全称或简称 name of the institution")
    either.add_argument("--end", default="", metavar="CLIENT_ID", help="停用一个客户端 close a client")
    parser.add_argument("--scopes", default=USUAL, help=f"SMART 范围 scopes, {USUAL} if not told")
    parser.add_argument("--title", default="", help="叫什么 what it is called")
    return parser.parse_args(arguments)
