"""Grade submissions: run them in a sandbox, decide outside, write into nbgrader's gradebook.

``docs/grading.md`` says what it protects; `box.sandbox` begins with the threat model and `limits` has
all its numbers.  In the order in which a submission meets them:

================ ===============================================================================
`commands`       what instructors type: ``lifkit grade`` and ``lifkit report``
`classroom`      a class: workers side by side, one writer; `executors` says where the workers are
`configure`      nbgrader's doors: `exporter`, `preprocessors`, `feedback`
`submission`     what was handed in: read, brought into form, made safe
`job`            the unit of work: a submission in, a verdict and an executed notebook out
`box`            the sandbox, and the process in it that becomes a kernel
`kernel`         a kernel as the grader sees it: it runs the notebook and is asked for answers
`verdict`        secret cases, and from answers to a verdict
`identity`       what decides whether a submission has to be graded again
`report`         what instructors see of a class
`patches`        every change to somebody else's library
================ ===============================================================================
"""

from .patches import without_address_grammars

without_address_grammars()
