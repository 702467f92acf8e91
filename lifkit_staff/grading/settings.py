"""How submissions are graded: one record, from the command line to the box."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from .limits import Limits

if TYPE_CHECKING:
    from traitlets.config import Config

__all__ = ["Settings"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How submissions are graded; see `lifkit grade --help`.

    The first seven belong to each submission and are traits of `Judge` in between, so that nbgrader's own
    commands have them too; the others are for a class.
    """

    timeout: float = Limits.timeout
    memory: int = Limits.memory
    seed: int | None = None
    figures: bool = True
    rounding: float = 0.01
    carry_forward: bool = False
    sandbox: str = "auto"
    jobs: int = 1
    students: tuple[str, ...] = ()
    force: bool = False
    feedback: bool = True
    scheduler: str | None = None

    @classmethod
    def from_arguments(cls, options: argparse.Namespace) -> Settings:
        """Return the settings that a command line asks for."""
        given = {**vars(options), "students": tuple(dict.fromkeys(options.student))}
        known = {field.name for field in fields(cls)}  # the others are the course's alone
        return cls(**{name: value for name, value in given.items() if name in known})

    @property
    def limits(self) -> Limits:
        """Return what one submission may use."""
        return Limits(timeout=self.timeout, memory=self.memory)

    def configure(self, config: Config) -> None:
        """Write them into nbgrader's configuration."""
        config.Execute.timeout = int(self.timeout)
        config.Judge.update(
            memory=self.memory, sandbox=self.sandbox, figures=self.figures, seed=self.seed
        )
