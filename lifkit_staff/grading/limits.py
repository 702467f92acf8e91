"""Every bound of the threat model (see `box.sandbox`), with its reason.

Bounds of one submission that whoever grades may set are in `Limits`; the others are constants.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ANSWERS",
    "ANSWER_ITEMS",
    "ANSWER_TEXT",
    "ARCHIVE_ENTRIES",
    "CELLS",
    "CELL_OUTPUT",
    "CELL_PIECES",
    "CELL_SOURCE",
    "CLEAN_SECONDS",
    "COPIES",
    "CORES",
    "ENTRIES",
    "FEW_ATTRIBUTES",
    "FEW_LETTERS",
    "FEW_SECONDS",
    "FEW_TAGS",
    "FEW_TOGETHER",
    "FOLDERS",
    "GRACE",
    "GROWTH",
    "HEAD_START",
    "KERNELS",
    "LEAST_MEMORY",
    "MARKING_PAGE",
    "MB",
    "MESSAGE",
    "NOTEBOOK_FILE",
    "NOTEBOOK_OUTPUT",
    "NOTEBOOK_SOURCE",
    "OTHER_NAMES",
    "PAGES",
    "PATIENCE",
    "SIDE_FILES",
    "SLIP_ANSWER",
    "SLIP_SECONDS",
    "SMALL_FILE",
    "SOCKET",
    "START",
    "TAGS_DEEP",
    "TAGS_IN_ALL",
    "TASK_MEMORY",
    "TASK_SECONDS",
    "TCP_SOCKET",
    "THREADS",
    "TRIES",
    "WAITING",
    "Limits",
]

MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    timeout : float
        Seconds for a cell, and for an exercise, in which the box could have run (see `kernel.clock`).
    memory : int
        MB for all processes of the box together, files in its /tmp included.
    scratch : int
        MB of files in the box's /tmp.
    file_size : int
        MB a file; the largest answer that is read is smaller still (see `ANSWERS`).
    processes, open_files : int
        Processes (threads, where the system counts those) in the box, open files a process.
    """

    timeout: float = 30.0
    memory: int = 2048
    scratch: int = 256
    file_size: int = 64
    processes: int = 64
    open_files: int = 256

    @property
    def budget(self) -> float:
        """Seconds for a whole submission: twenty slow cells or exercises, then it is enough."""
        return 20 * self.timeout

    @property
    def short(self) -> float:
        """Seconds for a cell that is known to be slow, or that comes when the budget is spent."""
        return max(2.0, self.timeout / 10)


# The box ----------------------------------------------------------------------------------------

#: Cores that a box may ask for, and seconds of a core that it may be ahead of that.  A notebook is one
#: thread of Python; the half is for what numpy and the kernel do beside it.
CORES, HEAD_START = 1.5, 5.0

#: Threads that a box may have beside its processes; a kernel alone has about ten.
THREADS = 64

#: Bytes of the system's own memory that a socket may hold, and beside that one for the network (there is
#: only the box's own); Linux says how many there are, and not what they hold.
SOCKET, TCP_SOCKET = 250_000, 10_000_000

#: MB that a box has at least: its kernel's dozen threads take 150 of address space before a notebook
#: does anything.
LEAST_MEMORY = 500

# A kernel ---------------------------------------------------------------------------------------

#: Seconds for a kernel to come up.  A forked one takes 0.1 s; a loaded machine gets time.
START = 60.0

#: Seconds that a kernel has to stop after being interrupted, before it is ended; and that processes have to
#: go that were ended.
GRACE = 2.0

#: Times its limit that a cell or an exercise may take on the wall while others have the processor: with
#: four busy programs a core and the box politely behind them it has a thirteenth of one, and with three
#: other boxes a sixteenth.
PATIENCE = 20

#: Bytes by which a kernel's messages may make the grader grow before the kernel is ended: what waits
#: (see below) three times over, for taking it apart.  A message of many parts has no other limit.
GROWTH = 400_000_000

#: Largest message that is taken from a kernel, and how many may wait: together they bound what an
#: output flood costs the grader.  A 2 x 5 figure has about 0.2 MB.
MESSAGE, WAITING = 16_000_000, 8

#: New kernels for one submission, before what is left counts as crashed.
KERNELS = 12

#: Bytes of outputs that are kept of a cell and of a notebook, and how many pieces of a cell.  The
#: course's largest figure has 0.3 MB; a page with 20 MB still opens.
CELL_OUTPUT, NOTEBOOK_OUTPUT, CELL_PIECES = 3_000_000, 20_000_000, 200

# Answers ----------------------------------------------------------------------------------------

#: Bytes of answers that are read.  The longest case, 10 neurons for 10 000 steps, has 1.6 MB.
ANSWERS = 32_000_000

#: Bytes of JSON among them, and items in one list: the words around the numbers are few.
ANSWER_TEXT, ANSWER_ITEMS = 1_000_000, 100_000

#: Processor seconds of a search for the slip, for a page only: in a notebook most are found in half of it.
#: And the bytes that it may leave: two places take less than 1000.
SLIP_SECONDS, SLIP_ANSWER = 1.0, 10_000

# What was handed in -----------------------------------------------------------------------------

#: Largest notebook file that is opened, and most cells and characters of source that are kept.  The
#: course's own notebooks have 100 kB and 60 cells; figures and videos make files, not sources, large.
NOTEBOOK_FILE, CELLS, NOTEBOOK_SOURCE = 64_000_000, 1000, 2_000_000

#: Bytes of a notebook file that are read without further limits: they become a hundred times as many.
SMALL_FILE = 2_000_000

#: Notebooks that are looked into where none has the lab's name: copies and tries, and not a whole disk.
OTHER_NAMES = 10

#: Characters of a cell that are read as Python; the course's longest has 3000.
CELL_SOURCE = 100_000

#: Copies of an exercise's cell that are asked, the last ones: each may take an exercise's time.
COPIES = 4

#: Bytes of side files that are taken along; more than that is no homework of this course.
SIDE_FILES = 50_000_000

#: How many folders deep, and how many entries, are looked at of what was handed in.
FOLDERS, ENTRIES = 12, 2000

#: Files in an archive from a learning management system: a class of a thousand with fifty each.
ARCHIVE_ENTRIES = 50_000

#: Characters of HTML, pictures left out, that are cleaned for one notebook, and how deep and how many
#: its tags may be: cleaning takes a time that grows with the square of the depth.  A table of 1000 rows
#: has 100 kB, 12 000 tags and a depth of 4.
PAGES, TAGS_DEEP, TAGS_IN_ALL = 600_000, 50, 30_000

#: Characters of a student's texts as HTML in a page of the formgrader, which nbconvert reads once more: a
#: second or two.  A solved lab has 300 000.
MARKING_PAGE = 2_000_000

# Outside the box --------------------------------------------------------------------------------

#: CPU seconds, by task, and MB that one piece of work on a student's text may take outside the box:
#: a table of 1000 rows is cleaned in 1 s, a notebook of 64 MB read in 2 s with 600 MB, the page of a lab
#: with all its figures written in 2 s, and the texts of one converted for the formgrader in 1 s, while
#: somebody waits.
TASK_SECONDS = {"clean": 10, "read": 20, "feedback": 60, "formgrader": 10}
TASK_MEMORY = 1500

#: CPU seconds that cleaning may take for all pages of a notebook: six tables of 1000 rows, as many as
#: `PAGES` lets through, take 6.
CLEAN_SECONDS = 20.0

#: A page that is cleaned without such limits: its tags, the attributes of each, its letters without
#: pictures, and tags times letters; and CPU seconds for all of them in a notebook.  bleach compares an
#: attribute with all before it, and repeats a tag that is not closed, with all it says, in each paragraph.
#: The worst page found within these takes it 1.7 s; the course's own have 86 tags and 5000 letters.
FEW_TAGS, FEW_ATTRIBUTES, FEW_LETTERS, FEW_TOGETHER = 100, 20, 20_000, 500_000
FEW_SECONDS = 2.0

# A class ----------------------------------------------------------------------------------------

#: How often a submission is handed out again when its worker was lost: it may be the one that ends
#: workers.
TRIES = 3
