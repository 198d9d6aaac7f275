"""First starts in processes of their own: two at once, killed ones, and Pythons that are too old.

What venv and pip do is played by a second of waiting; everything else is as a user has it.
"""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "packaging"
SCRIPT = SCRIPTS / "bootstrap.py"

PLAYED = """
import sys
from pathlib import Path
sys.path.insert(0, {scripts!r})
import commands, environment, telling
environment.ROOT = Path.cwd()
commands.ROOT = Path.cwd()
commands.without_window = lambda: {{"list"}}
environment.KINDS["run"] = environment.KINDS["run"]._replace(modules=("sys",), download=0, disk=0)

def installed(home, lock):
    (home / "unpacked").mkdir()
    waits = (
        "import os, time; open('made', 'a').write('once.'); end = time.time() + {seconds}\\n"
        "while time.time() < end: os.makedirs(r'%s', exist_ok=True)" % (home / "unpacked")
    )
    runs = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
    telling.attended([sys.executable, "-c", runs, waits])

def bare(command):
    words = [str(word) for word in command]
    if "venv" in words:
        words.insert(words.index("venv") + 1, "--without-pip")
    return asked(words)

asked, environment.quiet = environment.quiet, bare
environment._install = installed
commands.bring_system_packages = lambda *session, **graphics: None
commands.compile_replay = lambda: ""
commands.become = lambda command: print("started by", command[0]) or 0
sys.exit(commands.start(["run", "list"]))
"""


def heard() -> None:
    """A child hears the signals that whoever runs the tests may have ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def start(folder: Path, seconds: float = 1.0, **more: str) -> subprocess.Popen[str]:
    """`bootstrap.py run list` in such a checkout."""
    program = folder / "start.py"
    program.write_text(PLAYED.format(scripts=str(SCRIPTS), seconds=seconds), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, program], cwd=folder, env={**os.environ, **more},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", errors="replace", preexec_fn=None if os.name == "nt" else heard,
    )  # fmt: skip


def wait_until_made(process: subprocess.Popen[str], folder: Path) -> None:
    """Until an environment is being made."""
    made = folder / "made"
    while not made.exists() or not made.stat().st_size:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def test_two_first_starts_at_once_make_one_environment(tmp_path: Path) -> None:
    """They used to destroy each other's, sometimes for good."""
    first = start(tmp_path)
    wait_until_made(first, tmp_path)
    second = start(tmp_path)
    told = [process.communicate() for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0], told
    assert all("started by" in out for out, _ in told)
    assert "another start is making" in told[1][1]
    assert (tmp_path / "made").read_text() == "once."
    assert [path.name for path in tmp_path.glob(".venv*/")] == [".venv"]


def test_many_first_starts_at_the_same_moment_make_one_environment(tmp_path: Path) -> None:
    processes = [start(tmp_path, 0.3) for _ in range(4)]
    told = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, told
    assert (tmp_path / "made").read_text() == "once."


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals for processes")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_start_that_is_ended_leaves_nothing_and_the_next_one_works(
    tmp_path: Path, name: str
) -> None:
    number = signal.Signals[name]
    for _ in range(2):
        (tmp_path / "made").unlink(missing_ok=True)
        process = start(tmp_path, 30)
        wait_until_made(process, tmp_path)
        process.send_signal(number)
        _, said = process.communicate()
        assert process.returncode == 128 + number
        assert "Traceback" not in said
        time.sleep(0.1)  # nothing that it had started goes on writing there
        assert not (tmp_path / ".venv").exists()
    process = start(tmp_path, 0)
    assert "started by" in process.communicate()[0]


@pytest.mark.skipif(os.name == "nt", reason="Windows ends no child with its parent")
def test_a_start_that_is_killed_hands_on_what_its_pip_still_does(tmp_path: Path) -> None:
    """Else the next start would take the folder away under a pip that is at work in it."""
    killed = start(tmp_path, 1.5)
    wait_until_made(killed, tmp_path)
    killed.kill()
    killed.wait()
    (tmp_path / "made").unlink()
    second = start(tmp_path, 0)
    out, said = second.communicate()
    assert "another start is making" in said
    assert "started by" in out
    for stream in (killed.stdout, killed.stderr):
        assert stream is not None
        stream.close()


@pytest.fixture(scope="module")
def gbk(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with the locale zh_CN.GBK, where the system's sources of locales are installed."""
    folder = tmp_path_factory.mktemp("locales")
    if shutil.which("localedef"):
        made = ["localedef", "-i", "zh_CN", "-f", "GBK", str(folder / "zh_CN.GBK")]
        subprocess.run(made, capture_output=True, check=False)
    return str(folder)


LOCALES = ["C", "C.UTF-8", "zh_CN.GBK", "no_SUCH.locale"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names are bytes on Linux only")
@pytest.mark.parametrize("locale", LOCALES)
def test_a_chinese_path_works_in_any_locale_and_stays_ready_in_every_other(
    tmp_path: Path, locale: str, gbk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python reads .pth files in the locale's encoding, and there may be none for the path."""
    monkeypatch.setenv("LOCPATH", gbk)
    folder = tmp_path / "梯度 下降"
    folder.mkdir()
    process = start(folder, 0, LC_ALL=locale)
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert "Traceback" not in said
    process = start(folder, 0, LC_ALL="C.UTF-8")
    process.communicate()
    assert (folder / "made").read_text() == "once."
    where = "import os, sys; print(os.fsencode(sys.path[-1]))"
    for other in ("C", locale):
        done = subprocess.run(
            [folder / ".venv" / "bin" / "python", "-P", "-c", where],
            env={**os.environ, "LC_ALL": other}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert ast.literal_eval(done.stdout) == os.fsencode(folder)
        assert not done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names are bytes on Linux only")
def test_a_folder_whose_name_is_no_text_gets_a_sentence(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + "/梯度".encode("gbk")))
    folder.mkdir()
    process = start(folder, LC_ALL="C.UTF-8")
    _, said = process.communicate()
    assert process.returncode == 1
    assert "is no text in this locale. Give the folder another name" in said
    assert said.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals for processes")
def test_a_tool_that_may_not_be_ended_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What sudo has started is root's."""
    telling = import_module("telling")

    def refused(number: int, group: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    def interrupted(process: subprocess.Popen[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "killpg", refused)
    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        telling.attended([sys.executable, "-c", "import time; time.sleep(0.2)"])


# A Python that is too old


OLD = [
    name
    for name in ("python2", "python2.7", "python3.6", "python3.8", "python3.9", "python3.10")
    if shutil.which(name)
    and subprocess.run([name, "--version"], capture_output=True, check=False).returncode == 0
]


@pytest.mark.parametrize("old", OLD)
def test_an_old_python_that_is_here_gets_one_sentence(old: str) -> None:
    done = subprocess.run(
        [old, SCRIPT, "run", "my file.gdsim"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert not done.stdout
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("gdsim needs Python 3.11 or newer; this is ")
    assert done.stderr.endswith(f'{SCRIPT} run "my file.gdsim"\n')


@pytest.mark.parametrize("old", OLD)
def test_an_old_python_that_starts_the_package_gets_one_sentence(old: str) -> None:
    done = subprocess.run(
        [old, "-B", "-m", "gdsim", "list"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith("is started by: python3 packaging/bootstrap.py run list\n")


@pytest.mark.parametrize(
    ("tools", "remedy"),
    [
        ({}, "Install one (https://www.python.org/downloads), then run: python3 "),
        ({"python3.12": 0}, "This machine has one, so run: python3.12 "),
        # pyenv has a name for every Python that it knows, most of which start nothing.
        ({"python3.13": 127, "python3.11": 0}, "This machine has one, so run: python3.11 "),
    ],
    ids=["none", "one", "one that starts"],
)
@pytest.mark.skipif(os.name == "nt", reason="the tool that is found is a shell script")
def test_a_python_that_is_too_old_names_the_command_that_helps(
    tmp_path: Path, tools: dict[str, int], remedy: str
) -> None:
    for name, status in tools.items():
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (tmp_path / name).chmod(0o755)
    program = (
        "import runpy, sys\n"
        "sys.argv[1:] = ['run']\n"
        "sys.version_info = (3, 10, 4, 'final', 0)\n"
        f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    said = "gdsim needs Python 3.11 or newer; this is 3.10. " + remedy
    assert done.stderr.strip() == f"{said}{SCRIPT} run"


def test_windows_is_told_its_own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """There `py` starts Python."""
    bootstrap = import_module("bootstrap")
    monkeypatch.setattr(os, "name", "nt")
    monkeypatch.setattr(sys, "argv", ["packaging\\bootstrap.py", "run"])
    asked = []

    def call(command: list[str], **streams: object) -> int:
        asked.append(command)
        return 0 if command[:2] == ["py", "-3.12"] else 103

    monkeypatch.setattr(subprocess, "call", call)
    assert bootstrap.is_too_old().endswith("so run: py -3.12 packaging\\bootstrap.py run")
    monkeypatch.setattr(subprocess, "call", lambda command, **streams: 103)
    assert bootstrap.is_too_old().endswith("then run: py packaging\\bootstrap.py run")


NEW = (
    ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.YieldFrom, ast.Match,
    ast.AsyncFunctionDef, ast.Starred,
)  # fmt: skip
"""What Python 2 cannot read."""


READABLE = ("packaging/bootstrap.py", "gdsim/__init__.py", "gdsim/__main__.py")


@pytest.mark.parametrize("name", READABLE)
def test_any_python_can_read_what_says_that_it_is_too_old(name: str) -> None:
    """A syntax error would come before the sentence."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.isascii()
    for node in ast.walk(ast.parse(text)):
        assert not isinstance(node, NEW), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not [one for one in node.args.args if one.annotation is not None]
            assert not node.args.kwonlyargs
        if isinstance(node, ast.Import):
            assert {name.name for name in node.names} <= {"os", "subprocess", "sys"}
