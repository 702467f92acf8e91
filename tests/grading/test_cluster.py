"""Grading on a Dask cluster: a worker that is killed midway loses nothing, the verdicts are the same."""

import json
import signal
import subprocess
import sys
import time

import pytest

from .sample import LAB, ZEROS, call, command, hand_in, open_course, total, verdict, wait_for

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

pytest.importorskip("distributed", reason="Dask is not installed (pip install 'lifkit[cluster]')")


def start(course, *words):
    options = command(course, sys.executable, "-m", *words)
    return subprocess.Popen(**options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_killed_worker_loses_nothing_and_changes_no_verdict(sandbox, tmp_path):
    course = open_course(tmp_path / "course")
    students = [f"s{number:02d}" for number in range(4)]
    for number, student in enumerate(students):
        wrong = {"euler": ZEROS} if number % 2 else {}
        hand_in(course, student, before="import time; time.sleep(1)", **wrong)
    call(course, "lifkit", "grade", LAB, "--jobs", "1", "--no-feedback")
    local = {student: timeless(course, student) for student in students}

    file = course / "scheduler.json"
    scheduler = start(
        course,
        "distributed.cli.dask_scheduler",
        "--scheduler-file",
        str(file),
        "--port",
        "0",
        "--no-dashboard",
        "--host",
        "127.0.0.1",
    )
    workers = []
    try:
        wait_for(file.exists)
        address = json.loads(file.read_text())["address"]
        for _ in range(2):
            workers.append(
                start(
                    course,
                    "distributed.cli.dask_worker",
                    address,
                    "--nthreads",
                    "1",
                    "--no-nanny",
                    "--no-dashboard",
                    "--host",
                    "127.0.0.1",
                )
            )
        options = command(
            course, "lifkit", "grade", LAB, "--force", "--no-feedback", "--scheduler", address
        )
        running = subprocess.Popen(
            **options, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        stamp = course / "verdicts" / LAB
        began = time.time()
        wait_for(lambda: any(path.stat().st_mtime > began for path in stamp.glob("*.json")))
        workers[0].send_signal(signal.SIGKILL)
        said, _ = running.communicate(timeout=900)
        assert running.returncode == 0, said
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()
    assert {student: timeless(course, student) for student in students} == local
    assert total(course, "s00") == 9.0


def timeless(course, student):
    record = verdict(course, student)
    return {name: record[name] for name in ("seed", "sandbox", "notes", "score", "exercises")}
