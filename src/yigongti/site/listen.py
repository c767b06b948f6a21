"""./run listen: the door for HL7 v2 over MLLP, beside the web service."""

import argparse

import django

from yigongti.site.progress import say
from yigongti.site.running import Ended, ending_signals, settings_at_hand
from yigongti.site.sentence import Sentence


def main(arguments: list[str]) -> int:
    """Listen until told to stop."""
    parser = argparse.ArgumentParser(prog="./run listen", description="接收 HL7 v2 消息 takes HL7 v2 over MLLP")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=2575)
    chosen = parser.parse_args(arguments)
    with settings_at_hand():
        django.setup()
        from yigongti.exchange.listening import listen

        try:
            listener = listen(host=chosen.host, port=chosen.port)
        except (OSError, OverflowError) as taken:
            raise Sentence(
                f"端口 {chosen.port} 用不了（{taken}）。", "That port cannot be used; name another with --port."
            ) from taken
        say(f"MLLP {chosen.host}:{chosen.port}")
        with listener, ending_signals():
            try:
                listener.serve_forever()
            except Ended as end:
                return 128 + end.signal
    return 0
