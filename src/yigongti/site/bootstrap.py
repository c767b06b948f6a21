"""Makes the Python environment when it is missing or stale, then becomes the verb; standard library only."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "yigongti.json"
REQUIREMENTS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}

# verb: (needs the developers' packages, Chinese, English); "" hides it from the list
VERBS = {
    "demo": (False, "在浏览器里看一个演示县", "a demonstration county in the browser"),
    "serve": (False, "正式运行（设置取自环境变量）", "a county's own service, set up by environment variables"),
    "test": (True, "跑测试（--all 加上慢的）", "run the tests (--all adds the long ones)"),
    "check": (True, "查格式、类型、边界、迁移、手册", "format, lint, types, walls, migrations, book"),
    "fix": (True, "改好格式和能自动改的问题", "format, and mend what can be mended by itself"),
    "book": (False, "从程序印出制度手册", "print the policy book from the code"),
    "backup": (False, "备份数据库和文件：backup FILE.tar", "database and files into one archive"),
    "restore": (False, "恢复到空数据夹：restore FILE.tar --data DIR", "an archive into an empty folder"),
    "audit": (False, "核验审计链：audit verify；取链头：audit head", "verify the audit chain, or print its head"),
    "load": (False, "收进一个文件夹里外部系统送来的文件", "take in a folder of what other systems sent"),
    "match": (False, "全县登记比对，找疑似重复（--learn 先学权重）", "compare the whole index (--learn: learn first)"),
    "listen": (False, "接收 HL7 v2（端口 2575）和 DICOM（11112）", "take HL7 v2 (port 2575) and DICOM (port 11112)"),
    "figures": (False, "立即更新全部指标", "bring all figures up to date now"),
    "province": (False, "归集几个县的数据湖，按同样的定义计算", "collect the lakes of several counties and count them"),
    "token": (False, "开通或停用 FHIR 客户端", "make or close a client of the FHIR server"),
    "web": (False, "只起网页进程（数据库另备）", "the web process alone"),
    "worker": (False, "只起后台任务进程（数据库另备）", "the background worker alone"),
    "manage": (False, "", ""),
    "prepare": (False, "", ""),
}


def main(arguments: list[str]) -> None:
    verb = arguments[0] if arguments else "help"
    if verb in ("help", "-h", "--help"):
        say(listing())
        return
    if verb not in VERBS:
        stop(f"没有“{verb}”这个命令。\n{listing()}", f"There is no verb {verb!r}.")
    ensure_environment(developers=VERBS[verb][0])
    python = ENVIRONMENT / "bin" / "python"
    os.execv(python, [str(python), "-P", "-m", "yigongti.site", *arguments])


def listing() -> str:
    rows = [f"  ./run {verb:<8} {chinese} · {english}" for verb, (_, chinese, english) in VERBS.items() if chinese]
    return "\n".join(["医共体 yigongti", *rows])


def ensure_environment(*, developers: bool) -> None:
    if stamp_fits(developers=developers):
        return
    try:
        with alone():
            if not stamp_fits(developers=developers):  # another run may have made it while this one waited
                make_environment(developers=developers)
    except OSError as error:
        stop(f"无法写入 {ROOT}：{error.strerror}。", f"Cannot write there: {error.strerror}.")


def wanted(*, developers: bool) -> dict[str, str]:
    """What the environment must have been made from; the developers' packages include the others."""
    names = ("run", "dev") if developers else ("run",)
    facts = {name: hashlib.sha256(REQUIREMENTS[name].read_bytes()).hexdigest() for name in names}
    return {"python": sys.version.split()[0], "base": sys.base_prefix, "root": str(ROOT), **facts}


def stamp_fits(*, developers: bool) -> bool:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return all(stamp.get(name) == value for name, value in wanted(developers=developers).items())


@contextmanager
def alone() -> Iterator[None]:
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_environment(*, developers: bool) -> None:
    started = time.monotonic()
    installer = find_installer()
    # Packages are added to an environment that is otherwise right; anything else wrong makes it anew.
    if not (developers and stamp_fits(developers=False)):
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        quietly([sys.executable, "-m", "venv", "--without-pip", str(ENVIRONMENT)])
    STAMP.unlink(missing_ok=True)
    install(installer, REQUIREMENTS["dev" if developers else "run"])
    [packages] = (ENVIRONMENT / "lib").glob("python3*/site-packages")
    (packages / "yigongti.pth").write_text(f"{ROOT / 'src'}\n")
    STAMP.write_text(json.dumps(wanted(developers=developers)))
    say(f"运行环境已备好，用时 {time.monotonic() - started:.0f} 秒。 Environment ready.")


def find_installer() -> list[str]:
    """The pip that fills the environment from outside: a bare Debian has pip, but not what would put one inside."""
    command = [sys.executable, "-m", "pip"]
    if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
        stop("缺少 pip：请先安装（Debian：apt install python3-pip）。", "pip is missing: install python3-pip first.")
    return [*command, "--python", str(ENVIRONMENT / "bin" / "python")]


def install(installer: list[str], requirements: Path) -> None:
    total = sum(1 for line in requirements.read_text().splitlines() if line[:1].isalnum())
    options = ["--require-hashes", "--no-input", "--disable-pip-version-check", "--root-user-action=ignore"]
    command = [*installer, "install", *options, "--progress-bar=off", "-r", str(requirements)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        lines = follow(iter(pip.stdout or ()), total)
    if pip.returncode:
        explain_failure(lines)


def follow(output: Iterator[str], total: int) -> list[str]:
    """Turns pip's talk into one line of progress and keeps the talk for the case that it fails."""
    lines, done = [], 0
    for line in output:
        lines.append(line.rstrip())
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            done += 1
            show(f"准备运行环境 Preparing the environment  {min(done, total)}/{total}")
        elif line.startswith("Installing collected"):
            show(f"准备运行环境 Installing  {total} 个包 packages")
    show("")
    return lines


def explain_failure(lines: list[str]) -> None:
    text = "\n".join(lines[-12:])
    if "No space left on device" in text:
        stop("磁盘已满，运行环境没有装成。", "The disk is full: the environment could not be made.")
    stop(f"{text}\n运行环境没有装成（pip 的话见上）。", "pip failed to install the packages, as said above.")


def quietly(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        explain_failure([*result.stdout.splitlines(), *result.stderr.splitlines()])


def show(line: str) -> None:
    """One line that is written over on a terminal; elsewhere only the result is worth a line."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{line}")
        sys.stdout.flush()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def stop(chinese: str, english: str) -> None:
    sys.stderr.write(f"{chinese} {english}\n")
    sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
