"""The `lifkit` command as a program among others: what it does when nobody reads its output any more."""

import subprocess
import sys

import pytest

COMMAND = """
import sys
from lifkit import cli

def talk(options):
    for number in range(100_000):
        print(number, file=getattr(sys, options.lab), flush=number % 2 == 0)

def break_down(options):
    raise BrokenPipeError("another pipe")

cli._lab = break_down if "other" in sys.argv else talk
sys.exit(cli.main(["lab", sys.argv[1]]))
"""


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_it_ends_quietly_when_nobody_reads_any_more(stream):
    """As `lifkit report lab2 --csv - | head` does, and with 2>&1."""
    command = [sys.executable, "-c", COMMAND, stream]
    both = subprocess.STDOUT if stream == "stderr" else subprocess.PIPE
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=both, text=True) as running:
        assert running.stdout.readline() == "0\n"
        running.stdout.close()
        said = running.stderr.read() if running.stderr else ""
        assert (running.wait(), said) == (141, "")


def test_the_help_ends_quietly_too():
    code = "import sys; from lifkit.cli import main; sys.exit(main(['--help']))"
    command = ["sh", "-c", '{ sleep 0.5; "$0" -c "$1"; echo $? >&2; } | true', sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr in ("0\n", "141\n")  # argparse keeps silent, too


def test_a_broken_pipe_elsewhere_is_a_fault_like_any_other():
    command = [sys.executable, "-c", COMMAND, "other"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "BrokenPipeError: another pipe" in done.stderr
