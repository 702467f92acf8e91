"""Grade submissions: run them in a sandbox, decide outside, write into nbgrader's gradebook.

Nothing else in lifkit imports this package.  ``docs/grading.md`` says what it protects; `sandbox`
begins with the threat model.  Modules in the order in which a submission meets them:

=============== ================================================================================
`heal`          brings a damaged notebook back into the form that the gradebook knows
`sandbox`       builds the box and locks a process into it
`zygote`        the warm process whose children walk into boxes and become kernels
`inside`        what such a child then does to be a kernel
`warm`          that process as the grader's processes see it
`kernels`       the kernel provisioner, and one kernel with its limits, as the grader sees it
`asking`        asks a kernel for an exercise's answers; reads what comes back as hostile bytes
`running`       executes a notebook and asks, in a new kernel where one dies
`verdicts`      secret cases, and from answers to a verdict
`work`          the unit of work: a submission in, a verdict and an executed notebook out
`steps`         nbgrader's doors: preprocessors, exporter, hook
`executors`     where submissions are run: processes here, or a Dask cluster
`engine`        a class: workers side by side, one writer
`report`, `cli` what instructors see
=============== ================================================================================
"""

import sys

# jsonschema, which comes with nbformat, would build grammars for internet addresses here, for a second
# and more; no notebook has any.  Told that the package is not there, it goes without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
