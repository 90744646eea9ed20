"""The front-end files are built from a lock file that names contents, not places."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/build_front.py with a vendor folder of the test's own."""
    spec = importlib.util.spec_from_file_location("build_front", ROOT / "tools" / "build_front.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENDOR", tmp_path)
    monkeypatch.setattr(module, "STAMP", tmp_path / ".built")
    return module


def test_lock_pins_every_package_by_content() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_nothing_is_done_again_until_the_lock_changes(build: ModuleType) -> None:
    mark = build.fingerprint()
    assert not build.is_current(mark)
    for name in build.FILES:
        (build.VENDOR / name).parent.mkdir(parents=True, exist_ok=True)
        (build.VENDOR / name).write_text("")
    build.STAMP.write_text(mark)
    assert build.main() == 0
    assert not build.is_current("another")
    (build.VENDOR / "htmx.min.js").unlink()
    assert not build.is_current(mark)


def test_a_failed_install_is_told_and_leaves_no_stamp(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "npm_command", lambda: ["false"])
    assert build.main() == 1
    assert "npm could not install the front-end packages" in capsys.readouterr().err
    assert not build.STAMP.exists()
