"""Check the solved cells of a course, in a browser's Python; `data` holds them, its value is said."""

import json
import linecache

from lifkit.checks import report_for

found = {}
for setup, cells in json.loads(data).values():  # noqa: F821
    space = {"__name__": "__main__"}
    exec(setup, space)
    for name, source in cells.items():
        file = f"<{name}>"
        linecache.cache[file] = len(source), None, source.splitlines(True), file
        exec(compile(source, file, "exec"), space)
        report = report_for(space[name])
        found[name] = [
            report.outcome,
            *(line.text for line in report.lines if line.status == "fail"),
        ]
json.dumps(found)
