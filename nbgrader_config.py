"""The course as nbgrader sees it; nbgrader reads this file when run from this folder."""

from lifkit_staff.grading.configure import use_engine

c = get_config()

c.CourseDirectory.course_id = "lif"

# Instructors edit solutions/labs/<lab>/<lab>.ipynb, students open notebooks/<lab>/<lab>.ipynb.
# The gradebook stays where nbgrader puts it: gradebook.db in this folder, ignored by git.
c.CourseDirectory.source_directory = "solutions/labs"
c.CourseDirectory.release_directory = "notebooks"

# notebooks/ is committed, the gradebook is not.  In a fresh clone plain `nbgrader
# generate_assignment` would find the released notebook, skip the lab, and leave the gradebook
# without it, so that autograding has nothing to grade against.  Force makes it do its work.
c.GenerateAssignment.force = True

# nbgrader's own steps in nbgrader's own order, and one of ours: StampEdition writes into the
# notebook which edition of lifkit it belongs to.  It stands before checksums are taken and cells
# are saved, so that what it writes is part of the notebook that the gradebook knows.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "lifkit_staff.authoring.StampEdition",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Seconds a cell, and an exercise: what `lifkit grade` takes unless told.
c.Execute.timeout = 30

# Grading: nbgrader's own steps in nbgrader's own order, with lifkit's in place of Execute and
# SaveAutoGrades, so that `nbgrader autograde`, the formgrader's button and `lifkit grade` give the
# same scores; docs/grading.md tells the whole story.
# Without a sandbox grading stops with the reason; to renounce it: c.Judge.sandbox = "off"
use_engine(c)
