"""The README's example is run as it stands, and the links lead somewhere."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ANSWER = json.loads(re.findall(r"```json\n(.*?)```", README, re.DOTALL)[0])
COMMANDS = [line[2:] for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]


def assert_within(shown: object, answered: object, place: str = "answer") -> None:
    """Every key the README shows stands in the answer with the same value; lists have the same length."""
    if isinstance(shown, dict):
        assert isinstance(answered, dict), place
        for key, value in shown.items():
            assert key in answered, f"{place} has no {key}"
            assert_within(value, answered[key], f"{place}.{key}")
    elif isinstance(shown, list):
        assert isinstance(answered, list), place
        assert len(shown) == len(answered), place
        for position, value in enumerate(shown):
            assert_within(value, answered[position], f"{place}[{position}]")
    else:
        assert shown == answered, place


def test_the_command_line_example_answers_what_the_readme_shows(tmp_path):
    words = shlex.split(next(line for line in COMMANDS if "kedai decide" in line))
    command = [str(Path(sys.executable).with_name("kedai")), *words[1:]]
    environment = {"KEDAI_DATABASE_URL": f"sqlite:///{tmp_path}/readme.db", "PATH": "/usr/bin:/bin"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert_within(ANSWER, json.loads(run.stdout))


def test_the_http_example_answers_what_the_readme_shows(client):
    words = shlex.split(next(line for line in COMMANDS if line.startswith("curl")))
    payload = (ROOT / words[words.index("--data-binary") + 1].removeprefix("@")).read_bytes()
    url = words[-1].removeprefix("http://127.0.0.1:8000")
    response = client.post(url, content=payload, headers={"content-type": "application/json"})
    assert response.status_code == 201
    assert_within(ANSWER, response.json())


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("make")])
def test_the_make_targets_exist(command):
    run = subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()


@pytest.mark.parametrize(
    "page", ["README.md", *[str(p.relative_to(ROOT)) for p in sorted((ROOT / "docs").rglob("*.md"))]]
)
def test_relative_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    missing = [target for target in targets if not ((ROOT / page).parent / target).exists()]
    assert missing == []
