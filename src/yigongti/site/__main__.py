"""The command line: one verb, one module, loaded when asked for."""

import errno
import os
import sys
from importlib import import_module

from yigongti.kernel.database import Unusable
from yigongti.site.sentence import Sentence


_ROOM = "yigongti.site."
VERBS = {
    "demo": ("demo", "main"),
    "serve": ("serve", "main"),
    "test": ("testing", "main"),
    "check": ("checks", "check"),
    "fix": ("checks", "fix"),
    "book": ("checks", "book"),
    "backup": ("backup", "backup"),
    "restore": ("backup", "restore"),
    "audit": ("audit", "main"),
    "load": ("load", "main"),
    "match": ("match", "main"),
    "listen": ("listen", "main"),
    "figures": ("figures", "main"),
    "province": ("province", "main"),
    "token": ("token", "main"),
    "web": ("web", "main"),
    "worker": ("worker", "main"),
    "reader": ("reader", "main"),
    "manage": ("manage", "main"),
    "prepare": ("prepare", "main"),
}

# What these write are people's records: nobody else on the machine reads them.
_PRIVATE = set(VERBS) - {"test", "check", "fix", "book", "manage"}


def main(arguments: list[str]) -> int:
    module, function = VERBS[arguments[0]]
    if arguments[0] in _PRIVATE:
        os.umask(0o077)
    try:
        return int(getattr(import_module(_ROOM + module), function)(arguments[1:]) or 0)
    except (Sentence, Unusable) as error:
        return complain(str(error))
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        chinese, english = _OF_THE_DISK[error.errno]
        return complain(f"{chinese}：{error.filename or ''}。 {english}.")
    except KeyboardInterrupt:
        return 130


_OF_THE_DISK = {
    errno.ENOSPC: ("磁盘已满", "The disk is full"),
    errno.EDQUOT: ("磁盘配额已用完", "The disk quota is used up"),
    errno.EACCES: ("文件夹没有写入权限", "No permission to write there"),
    errno.EPERM: ("文件夹没有写入权限", "No permission to write there"),
    errno.EROFS: ("文件夹是只读的", "The folder is read-only"),
    errno.ENOTDIR: ("这里不是文件夹", "That is not a folder"),
    errno.EEXIST: ("这里已有同名文件", "There is a file of that name"),
    errno.ENAMETOOLONG: ("路径太长", "The path is too long"),
}


def complain(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
