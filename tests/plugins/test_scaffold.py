"""``kedai plugin new``: what it writes installs, conforms, passes its own tests and decides at once."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from products.scaffold import BadName, write_plugin
from tests.plugins.conftest import environment, install

DOCS = Path(__file__).parents[2] / "docs" / "plugins.md"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def command(*arguments: str, environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, env=environment, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_new_package_installs_conforms_and_decides_its_example(tmp_path: Path) -> None:
    written = run("plugin", "new", "spring-loan", "--into", str(tmp_path), "--zh", "春耕贷", "--en", "Spring loan")
    assert written.exit_code == 0, written.output
    package = tmp_path / "spring-loan"
    files = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    assert files == {
        *("pyproject.toml", "README.md", ".github/workflows/check.yml"),
        *("spring_loan/__init__.py", "spring_loan/product.py", "spring_loan/spring_loan.yaml"),
        *("spring_loan/data/features.yaml", "spring_loan/data/examples/application.json"),
        "spring_loan/data/contracts/placement.yaml",
        *(f"spring_loan/data/contracts/clauses/{language}/staff-notice.md" for language in ("zh", "en")),
        "tests/test_product.py",
    }
    where = environment(install(package, tmp_path / "site"), KEDAI_DATABASE_URL=f"sqlite:///{tmp_path}/kedai.db")
    checked = command("kedai", "plugin", "check", "spring-loan", environment=where, folder=package)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("passed") == 9
    example = ("kedai", "decide", "spring_loan/data/examples/application.json", "--on", "2026-07-22", "--json")
    decided = command(*example, environment=where, folder=package)
    assert json.loads(decided.stdout)["outcome"] == "approve", decided.stderr
    tests = ("pytest", "-q", "-p", "products.testing.pytest_plugin", "-p", "no:cacheprovider")
    tested = command(*tests, environment=where, folder=package)
    assert "11 passed" in tested.stdout, tested.stdout


def test_every_placeholder_is_filled(tmp_path: Path) -> None:
    package = write_plugin("a-b", into=tmp_path, zh="甲乙贷", en="A and B")
    for path in package.rglob("*"):
        if path.is_file():
            assert not re.search(r"@(slug|module|zh|en|api)@", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    ("slug", "zh", "en", "said"),
    [
        ("Spring", "春贷", "Spring", "The name 'Spring' cannot be a slug; write lower-case words"),
        ("spring--loan", "春贷", "Spring", "The name 'spring--loan' cannot be a slug"),
        ("../spring", "春贷", "Spring", "The name '../spring' cannot be a slug"),
        ("a" * 64, "春贷", "Spring", "cannot be a slug"),
        ("spring", "Spring", "Spring", "The Chinese name 'Spring' has no Chinese character; customers read it."),
        ("spring", "春{贷}", "Spring", "The Chinese name '春{贷}' has more than 60 characters, or quotes, braces"),
        ("spring", "春贷", 'A "loan"', "has more than 60 characters, or quotes, braces"),
        ("spring", "春贷", "x" * 61, "has more than 60 characters"),
    ],
)
def test_names_that_cannot_be_are_refused_and_nothing_is_written(
    tmp_path: Path, slug: str, zh: str, en: str, said: str
) -> None:
    with pytest.raises(BadName, match=re.escape(said)):
        write_plugin(slug, into=tmp_path, zh=zh, en=en)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "spring-loan").mkdir()
    result = run("plugin", "new", "spring-loan", "--into", str(tmp_path))
    assert result.exit_code == 2
    assert "is there already; choose another name, or remove it first." in result.stderr


def test_check_says_what_is_installed_where_nothing_has_that_name() -> None:
    result = run("plugin", "check", "no-such-package")
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "No package or plugin no-such-package is installed; installed packages with plugins:"
    )


@pytest.mark.slow
def test_the_page_for_authors_runs_from_its_first_line_to_its_last(tmp_path: Path) -> None:
    blocks = re.findall(r"```console\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 4
    where = environment(
        tmp_path / "site",
        KEDAI_DATABASE_URL=f"sqlite:///{tmp_path}/kedai.db",
        PIP_TARGET=str(tmp_path / "site"),
        PIP_UPGRADE="1",
        PIP_NO_INDEX="1",
        PIP_NO_BUILD_ISOLATION="0",  # pip reads this one the other way round
    )
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", "".join(blocks)],
        env=where,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("APPROVE") == 1
    assert done.stdout.count("FAILED") == 0
    assert done.stdout.count("spring-loan:\n") == 2
