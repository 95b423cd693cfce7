"""Packages as banks would write them; their own tests run once they are installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

collect_ignore_glob = ["*/tests/*"]

FOLDER = Path(__file__).parent
BIN = Path(sys.executable).parent


def install(package: Path, target: Path) -> Path:
    """Build a wheel of ``package`` and install it into ``target``, both without an index; returns ``target``."""
    wheels = target.with_name(f"{target.name}-wheels")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(wheels), str(package)], check=True
    )
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(wheel)], check=True)
    return target


def environment(target: Path, **more: str) -> dict[str, str]:
    """The environment of a command that finds kedai's commands, and the packages installed in ``target``."""
    return {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": str(target),
        "NO_COLOR": "1",
        **more,
    }


@pytest.fixture(scope="session")
def rd_milestone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the wheel of rd-milestone is installed."""
    return install(FOLDER / "rd-milestone", tmp_path_factory.mktemp("rd") / "site")
