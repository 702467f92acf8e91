"""The box that submissions run in; `sandbox` begins with the threat model.

`mounts` lists what a box shows, `sandbox` builds one, `lock` locks a process into it.  `cgroup` has Linux
count what a box uses; where that can't be, `usage` reads what its processes say of themselves.
`forkserver` is the process whose children walk into boxes, `forkserver_client` the grader's end of it,
and `kernel_process` what such a child does to be a kernel.  `verify` sends a `probe` in to see that the
box holds.
"""
