"""What runs elsewhere runs what was looked at: actions by their commit, scripts that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS}


@pytest.mark.parametrize("name", TEXTS)
def test_actions_are_pinned_by_their_full_hash(name: str) -> None:
    used = re.findall(r"uses: (\S+)", TEXTS[name])
    assert used
    others = [one for one in used if not one.startswith("./")]
    assert not [one for one in others if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one)]
    for own in set(used) - set(others):  # a workflow of ours, which may be called
        assert "workflow_call:" in TEXTS[Path(own).name]


def test_one_action_has_one_commit_and_one_version_in_all_of_them() -> None:
    text = "\n".join(TEXTS.values())
    used = set(re.findall(r"uses: (\S+?)@([0-9a-f]{40} # v[\d.]+)$", text, re.MULTILINE))
    assert len({name for name, _ in used}) == len(used)


@pytest.mark.parametrize("name", TEXTS)
def test_scripts_that_are_started_are_there(name: str) -> None:
    for script in re.findall(r"(?:packaging|bin)[/\\][\w.-]+", TEXTS[name]):
        assert (ROOT / script.replace("\\", "/")).exists(), script


def test_nothing_but_the_release_may_write() -> None:
    for name, text in TEXTS.items():
        assert re.search(r"^permissions:\n  contents: read\n", text, re.MULTILINE), name
        assert ("contents: write" in text) == (name == "release.yml")


def test_a_release_waits_for_all_tests_and_all_trials_of_the_packages() -> None:
    text = TEXTS["release.yml"]
    assert "needs: [tests, packages]" in text
    assert re.search(r'push:\n    tags: \["v\*"\]', text)
    assert "tags:" not in TEXTS["packages.yml"]  # not built twice
