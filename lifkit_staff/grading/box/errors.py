"""Why there is no box, and what helps."""

from __future__ import annotations

__all__ = ["REMEDY", "SandboxUnavailable"]


class SandboxUnavailable(RuntimeError):
    """The box can't be built on this machine; the message says why and what to do."""


REMEDY = """\
Submissions are not run without a sandbox unless you ask for it.  What helps:
  Debian, Ubuntu   sudo apt-get install bubblewrap libseccomp2
  Fedora           sudo dnf install bubblewrap libseccomp
  Ubuntu >= 23.10  forbids it to programs without a profile: sudo apt-get install apparmor-profiles,
                   then sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict \\
                   /etc/apparmor.d/ and sudo systemctl reload apparmor
  a container      start it with --security-opt seccomp=unconfined (see docs/grading.md)
  macOS, Windows   grade in a Linux machine: a virtual one, WSL 2, or a server
Or run them unprotected, as you: lifkit grade ... --sandbox off.  Every verdict then says so."""
