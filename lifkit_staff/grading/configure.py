"""Have nbgrader grade through this package; what a course's ``nbgrader_config.py`` calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

__all__ = ["use_engine"]


def use_engine(config: Config) -> None:
    """Have nbgrader grade through this package: nbgrader's own steps in its order, and ours.

    `SubmissionExporter` reads damaged files; `Repair` makes the notebook anew from the cells of the
    release, in place of ClearOutput, DeduplicateIds, OverwriteCells and CheckCellMetadata, which stop
    at some of them; `Judge` runs it in a sandbox and decides outside, in place of Execute;
    `SaveVerdicts` is SaveAutoGrades with the verdicts' scores.  Feedback pages are the
    kit's own; the formgrader's are nbgrader's, with what `formgrader.Marking` adds.

    Parameters
    ----------
    config : Config
        What ``get_config()`` gives in nbgrader_config.py; changed in place.
    """
    config.Autograde.exporter_class = "lifkit_staff.grading.exporter.SubmissionExporter"
    config.Autograde.pre_convert_hook = "lifkit_staff.grading.exporter.prepare"
    config.Autograde.sanitize_preprocessors = [
        "lifkit_staff.grading.preprocessors.Repair",
        "nbgrader.preprocessors.OverwriteKernelspec",
    ]
    config.Autograde.autograde_preprocessors = [
        "lifkit_staff.grading.preprocessors.Judge",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "lifkit_staff.grading.preprocessors.SaveVerdicts",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    config.GenerateAssignment.exporter_class = "lifkit_staff.grading.exporter.ReleaseExporter"
    config.GenerateFeedback.exporter_class = "lifkit_staff.grading.page.PageExporter"
    config.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        "lifkit_staff.grading.feedback.Tidy",
    ]
    # Nothing but the formgrader makes pages with it.
    config.HTMLExporter.preprocessors = ["lifkit_staff.grading.formgrader.Marking"]
    config.HTMLExporter.filters = {
        "ansi2html": "lifkit_staff.grading.formgrader.from_ansi",
        "highlight_code": "lifkit_staff.grading.formgrader.from_code",
        "markdown2html": "lifkit_staff.grading.formgrader.from_markdown",
        "strip_files_prefix": "lifkit_staff.grading.formgrader.unchanged",
    }
