"""Print the benchmark tables: ``python -m benchmarks [NAME ...]``."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sys

import benchmarks

#: Quick ones first.
ORDER = ("diagnosis", "startup")


def main() -> int:
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    names = sorted((name for name in names if not name.startswith("_")), key=_place)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"which of {', '.join(names)}; all unless given")
    chosen = parser.parse_args().name or names
    unknown = set(chosen) - set(names)
    if unknown:
        parser.error(
            f"no benchmark called {', '.join(sorted(unknown))}; there are {', '.join(names)}"
        )
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}")
    for name in chosen:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}\n", flush=True)
        module.main()
    return 0


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


if __name__ == "__main__":
    sys.exit(main())
