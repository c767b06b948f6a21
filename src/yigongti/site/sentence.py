"""What stops a command, in one sentence for its reader: Chinese, then English."""


class Sentence(Exception):
    """A reason that the person at the terminal can do something about."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} {english}")
