"""Into the course and back: archives and grade sheets as Moodle and Canvas make them."""

import csv
import stat
import zipfile
from unittest.mock import Mock

import pytest
from nbgrader.api import Gradebook

from lifkit.cli import main
from lifkit_staff.course import load_config, working_in
from lifkit_staff.grading import classroom, totals
from lifkit_staff.grading.lms import archive as archives
from lifkit_staff.grading.lms.archive import open_archive
from lifkit_staff.grading.lms.gradesheet import fill
from lifkit_staff.grading.lms.roster import read_roster
from lifkit_staff.grading.marks import take_back
from lifkit_staff.grading.settings import Settings
from lifkit_staff.grading.submissions import Course, Submissions, Tally
from lifkit_staff.grading.totals import Total, shown

MOODLE = "Ada Meier_1234567_assignsubmission_file_/lab2.ipynb"
CANVAS = "meierada_12345_67890_lab2.ipynb"
CONFIG = "c = get_config()\nc.CourseDirectory.source_directory = 'solutions/labs'\n"


@pytest.fixture
def course(tmp_path):
    root = tmp_path / "course"
    (root / "solutions" / "labs" / "lab2").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    return root


@pytest.fixture
def collect(course, capsys):
    """Give what `lifkit collect` does with an archive: status, what it says, what stands there then."""

    def run(parts, *options):
        path = parts if hasattr(parts, "exists") else packed(course.parent / "all.zip", parts)
        capsys.readouterr()
        status = main(["collect", "lab2", str(path), "--root", str(course), *options])
        return status, "".join(capsys.readouterr()), submitted(course)

    return run


def packed(path, parts):
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts if isinstance(parts, list) else parts.items():
            file.writestr(name, text)
    return path


def submitted(course):
    folder = course / "submitted"
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def roster(course, *lines):
    (course / "roster.csv").write_text("\n".join(("student,lms_id,name,email", *lines)) + "\n")


# --- Whose is what ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "who", "file"),
    [
        (MOODLE, "ada_meier", "lab2.ipynb"),
        ("Ada Meier_1234567_assignsubmission_file/lab2.ipynb", "ada_meier", "lab2.ipynb"),
        ("Ada Meier_1234567_assignsubmission_file_lab2.ipynb", "ada_meier", "lab2.ipynb"),
        ("Ada Meier_1234567_assignsubmission_file_/data/my.csv", "ada_meier", "data/my.csv"),
        ("Zoë O'Neil_7_assignsubmission_file_/lab2.ipynb", "zoë_o_neil", "lab2.ipynb"),
        (CANVAS, "meierada", "lab2.ipynb"),
        ("meierada_LATE_12345_67890_lab2.ipynb", "meierada", "lab2.ipynb"),
        ("meierada_12345_67890_lab2-3.ipynb", "meierada", "lab2.ipynb"),
        ("meierada_12345_67890_my_own-3.ipynb", "meierada", "my_own-3.ipynb"),
        ("anon_x7Yq_67890_12_lab2.ipynb", "anon_x7yq", "12_lab2.ipynb"),
        ("lab 2 submissions/" + MOODLE, "ada_meier", "lab2.ipynb"),
        ("submissions/" + CANVAS, "meierada", "lab2.ipynb"),
    ],
)
def test_names_are_taken_apart(collect, name, who, file):
    status, _, files = collect({name: "work"})
    assert (status, files) == (0, {f"{who}/lab2/{file}": "work"})


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("Eve_1_assignsubmission_file_/Bob_2_assignsubmission_file_/lab2.ipynb", "eve"),
        ("Eve_1_assignsubmission_file_Bob_2_assignsubmission_file_lab2.ipynb", "eve"),
        ("eve_1_2_bob_3_4_lab2.ipynb", "eve"),
        ("eve_1_2_Bob_3_assignsubmission_file_lab2.ipynb", "eve"),
    ],
)
def test_nobody_hands_in_under_another_s_name(collect, name, who):
    _, _, files = collect({name: "mine", MOODLE: "work"})
    assert {path.split("/")[0] for path in files} == {who, "ada_meier"}


def test_a_student_s_folder_is_not_taken_for_the_archive_s(collect):
    own = "Default group_assignsubmission_file_/Bob_2_assignsubmission_file_/lab2.ipynb"
    _, said, files = collect({own: "mine", MOODLE: "work"})
    assert set(files) == {"ada_meier/lab2/lab2.ipynb"}
    assert "bears nobody's name" in said


def test_names_in_utf_8_that_are_not_marked_so_are_read(collect, course):
    path = packed(course.parent / "old.zip", {MOODLE.replace("Ada", "Zoe~"): "work"})
    path.write_bytes(path.read_bytes().replace(b"Zoe~", "Zo\u00eb".encode()))
    assert set(collect(path)[2]) == {"zoë_meier/lab2/lab2.ipynb"}


def test_a_roster_says_who_is_who(collect, course):
    roster(course, "s17,12345,,", "s18,,Bob van Dyk,", "s19,,Cleo Silent,")
    status, said, files = collect(
        {CANVAS: "a", "vandykbob_99_1_lab2.ipynb": "b", "whoeveritis_98_2_lab2.ipynb": "c"}
    )
    assert files == {"s17/lab2/lab2.ipynb": "a", "s18/lab2/lab2.ipynb": "b"}
    assert status == 1 and "whoeveritis (98): not in" in said
    assert "Nothing in this archive from: s19." in said


def test_two_of_one_name_are_told_apart_or_not_taken(collect, course):
    both = {MOODLE: "a", MOODLE.replace("1234567", "7654321"): "b"}
    status, said, files = collect(both)
    assert (status, files) == (1, {})
    assert "would be ada_meier" in said
    roster(course, "s17,,Ada Meier,", "s18,,Ada Meier,")
    status, said, files = collect(both)
    assert (status, files) == (1, {}) and "s17 and s18 are called so" in said
    roster(course, "s17,1234567,Ada Meier,", "s18,7654321,Ada Meier,")
    assert collect(both)[2] == {"s17/lab2/lab2.ipynb": "a", "s18/lab2/lab2.ipynb": "b"}


def test_whose_number_is_known_is_not_found_by_a_name(collect, course):
    roster(course, "s17,12345,Ada Meier,")
    status, said, files = collect({CANVAS.replace("12345", "99999"): "of another Ada Meier"})
    assert (status, files) == (1, {}) and "meierada (99999): not in" in said


@pytest.mark.parametrize("student", ["", "../../etc", ".hidden", "a/b", "x" * 200])
def test_a_roster_names_no_odd_folder(collect, course, student):
    roster(course, f"{student},12345,,")
    status, said, files = collect({CANVAS: "a"})
    assert (status, files) == (1, {}) and "can't be a student's name" in said


# --- What is done, and done again ---------------------------------------------------------------


def test_it_runs_twice_without_harm(collect):
    parts = {MOODLE: "work", "Bob_2_assignsubmission_file_/lab2.ipynb": "b"}
    first, second = collect(parts), collect(parts)
    assert first[2] == second[2]
    assert "new        ada_meier" in first[1] and "2 new." in first[1]
    assert "2 unchanged." in second[1]


def test_handing_in_again_replaces_all_of_it(collect):
    collect({MOODLE: "old", MOODLE.replace("lab2.ipynb", "data.csv"): "1"})
    _, said, files = collect({MOODLE: "new"})
    assert files == {"ada_meier/lab2/lab2.ipynb": "new"}
    assert "replaced   ada_meier" in said


def test_the_last_of_canvas_s_uploads_counts(collect):
    _, said, files = collect(
        {
            "meierada_LATE_12345_900_lab2-1.ipynb": "second",
            "meierada_LATE_12345_800_lab2.ipynb": "first",
        }
    )
    assert files == {"meierada/lab2/lab2.ipynb": "second"}
    assert "late" in said and "left out lab2.ipynb: lab2-1.ipynb was handed in after it" in said


def test_other_students_and_labs_stay(collect, course):
    other = course / "submitted" / "bob" / "lab1" / "lab1.ipynb"
    other.parent.mkdir(parents=True)
    other.write_text("b")
    assert collect({MOODLE: "a"})[2]["bob/lab1/lab1.ipynb"] == "b"


def test_what_no_grader_can_use_is_said(collect):
    text = MOODLE.replace("_file_/lab2.ipynb", "_onlinetext_/onlinetext.html")
    status, said, files = collect({text: "hello", "Bob_2_assignsubmission_file_/lab2.zip": "zip"})
    assert status == 1 and "typed into Moodle" in said and "no notebook" in said
    assert files == {"bob/lab2/lab2.zip": "zip"}


def test_a_lab_that_is_none_is_said(course, capsys):
    packed(course / "all.zip", {MOODLE: "a"})
    assert main(["collect", "lab9", str(course / "all.zip"), "--root", str(course)]) == 1
    assert "There is no lab 'lab9'" in capsys.readouterr().err
    assert not (course / "submitted").exists()


# --- Hostile archives ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "file",
    [
        "../../../escaped.ipynb",
        "..",
        "a/../../b.ipynb",
        "/etc/passwd",
        "a//b.ipynb",
        "..\\..\\b.ipynb",
        "bell\a.ipynb",
        "x" * 300 + ".ipynb",
        "/".join("abcdefghijklmnop") + "/b.ipynb",
        "timestamp.txt",
    ],
)
def test_odd_paths_are_left_out(collect, course, file):
    before = set(course.parent.rglob("*"))
    name = MOODLE.replace("lab2.ipynb", file)
    _, said, files = collect([(MOODLE, "work"), (name, "evil")])
    assert files == {"ada_meier/lab2/lab2.ipynb": "work"}
    assert "left out" in said and "\a" not in said
    made = {
        path.relative_to(course.parent).parts[0] for path in set(course.parent.rglob("*")) - before
    }
    assert made <= {"course", "all.zip"}


def test_links_are_left_out(collect, course):
    link = zipfile.ZipInfo(MOODLE)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    status, said, files = collect([(link, "/etc/passwd")])
    assert (status, files) == (1, {})
    assert "link" in said


def test_a_link_in_the_course_is_not_followed(collect, course):
    elsewhere = course.parent / "elsewhere"
    elsewhere.mkdir()
    (course / "submitted").mkdir()
    (course / "submitted" / "ada_meier").symlink_to(elsewhere)
    status, said, _ = collect({MOODLE: "work"})
    assert status == 1 and "is a link" in said
    assert not list(elsewhere.iterdir())


def test_a_bomb_costs_its_own_submission_only(collect, course, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST", 10_000)
    path = course.parent / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(MOODLE, b"0" * 5_000_000)
        file.writestr("Bob_2_assignsubmission_file_/lab2.ipynb", "b")
    status, said, files = collect(path)
    assert files == {"bob/lab2/lab2.ipynb": "b"}
    assert status == 1 and "more than" in said


def test_too_many_files_are_too_many(collect, monkeypatch):
    many = {MOODLE.replace("lab2", f"file{k}"): "" for k in range(8)}
    monkeypatch.setattr(archives, "ENTRIES", 5)
    _, said, files = collect(many)
    assert len(files) == 5 and "all but 5 of its 8 files" in said
    monkeypatch.setattr(archives, "ARCHIVE_ENTRIES", 7)
    status, said, _ = collect(many)
    assert status == 1 and "holds 8 files" in said


def test_a_file_and_a_folder_of_one_name_don_t_stop_the_class(collect):
    _, said, files = collect(
        [(MOODLE, "work"), (f"{MOODLE}/more.csv", "1"), (MOODLE.replace("Ada", "Bob"), "b")]
    )
    assert set(files) == {"ada_meier/lab2/lab2.ipynb", "bob_meier/lab2/lab2.ipynb"}
    assert "bear the same name" in said


def test_a_damaged_file_costs_its_own_submission_only(collect, course):
    parts = {MOODLE: "work", "Bob_2_assignsubmission_file_/lab2.ipynb": "bobs"}
    path = packed(course.parent / "all.zip", parts)
    path.write_bytes(path.read_bytes().replace(b"work", b"Work", 1))
    status, said, files = collect(path)
    assert status == 1 and files == {"bob/lab2/lab2.ipynb": "bobs"}
    assert "can't be read" in said


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\x00" * 1000])
def test_what_is_no_archive_is_said(collect, course, content):
    path = course.parent / "all.zip"
    path.write_bytes(content)
    status, said, _ = collect(path)
    assert status == 1 and "no zip archive" in said


def test_an_archive_of_something_else_is_said(collect):
    status, said, files = collect({"holiday.jpg": "sun"})
    assert status == 1 and "no submission as Moodle" in said and not files


def test_litter_is_nobody_s(course):
    path = packed(course / "a.zip", {MOODLE: "a", "__MACOSX/._x": "", ".DS_Store": ""})
    with open_archive(path) as (_, submissions, foreign):
        assert (len(submissions), foreign) == (1, [])


# --- Marks out ----------------------------------------------------------------------------------

WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade)
Participant 1234567,Ada Meier,ada@x.org,Submitted for grading,,20.00,Yes,-
Participant 7654321,"Bob, called ""B"" van Dyk",bob@x.org,No submission,3.00,20.00,Yes,-
"""
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (77),Lab 2 (78),Final Score
    Points Possible,,,,,10.00,20.00,(read only)
"Meier, Ada",12345,u1,ada,Monday,9.00,,45
"van Dyk, Bob",12346,u2,bob,Monday,,,0
"""
POINTS = Total(automatic=15, most_automatic=18, by_hand=1.5, most_by_hand=2, late=1)


def table(path):
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_moodle_s_worksheet_is_filled(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("\ufeff" + WORKSHEET, encoding="utf-8")
    before = table(path)
    done = fill(path, "lab2", {"ada_meier": POINTS, "cleo": POINTS})
    assert done.filled == {"ada_meier": "15.5"} and done.nowhere == ["cleo"]
    after = table(path)
    assert after[1][4] == "15.5"
    after[1][4] = ""
    assert after == before and path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_canvas_s_gradebook_is_filled(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text(GRADEBOOK)
    done = fill(path, "lab2", {"meierada": POINTS})
    assert done.column == "Lab 2 (78)" and done.left == ["van Dyk, Bob (12346)"]
    assert path.read_text() == GRADEBOOK.replace("Monday,9.00,,45", "Monday,9.00,15.5,45")
    fill(path, "lab2", {"meierada": POINTS})
    assert path.read_text() == GRADEBOOK.replace("Monday,9.00,,45", "Monday,9.00,15.5,45")


@pytest.mark.parametrize("line", ["s17,1234567,,", "s17,,Ada Meier,", "s17,,,ADA@x.org"])
def test_rows_are_found_by_the_roster(tmp_path, line):
    path = tmp_path / "sheet.csv"
    path.write_text(WORKSHEET)
    roster(tmp_path, line)
    done = fill(path, "lab2", {"s17": POINTS}, read_roster(tmp_path / "roster.csv"))
    assert done.filled == {"s17": "15.5"}


def test_a_worksheet_in_another_language_is_filled_where_its_column_is_named(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("ID;Vollständiger Name;Bewertung\nTeilnehmer/in123;Ada Meier;\n", "utf-8")
    with pytest.raises(ValueError, match="--column"):
        fill(path, "lab2", {"ada_meier": POINTS})
    fill(path, "lab2", {"ada_meier": POINTS}, column="Bewertung")
    assert path.read_text("utf-8").splitlines()[1] == "Teilnehmer/in123;Ada Meier;15.5"


@pytest.mark.parametrize("sheet", [WORKSHEET, GRADEBOOK])
def test_another_maximum_is_said_or_scaled(tmp_path, sheet):
    path = tmp_path / "sheet.csv"
    path.write_text(sheet.replace("20.00", "100.00"))
    points = {"ada_meier": POINTS}
    with pytest.raises(ValueError, match="gives 100 for what has 20 points"):
        fill(path, "lab2", points)
    assert path.read_text() == sheet.replace("20.00", "100.00")
    assert fill(path, "lab2", points, scale=True).filled == {"ada_meier": "77.5"}


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "a,b,c,d\n1,2,3,4\n"])
def test_what_is_no_sheet_is_said(tmp_path, text):
    path = tmp_path / "sheet.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match="sheet.csv"):
        fill(path, "lab2", {"a": POINTS})
    assert path.read_text() == text


@pytest.mark.parametrize("read", [read_roster, lambda path: fill(path, "lab2", {})])
def test_a_table_of_a_spreadsheet_s_own_is_said(tmp_path, read):
    path = tmp_path / "sheet.csv"
    path.write_text("student,name\ns17,Zoë\n", encoding="latin-1")
    with pytest.raises(ValueError, match="save it as"):
        read(path)


@pytest.mark.filterwarnings("ignore:Object of type .* not in session")
def test_the_command_fills_in_what_the_gradebook_holds(course, capsys):
    with working_in(course), Gradebook("sqlite:///gradebook.db") as gradebook:
        gradebook.add_assignment("lab2")
        gradebook.add_notebook("lab2", "lab2")
        gradebook.add_grade_cell("f_check", "lab2", "lab2", max_score=20, cell_type="code")
        gradebook.add_student("ada_meier")
        gradebook.add_submission("lab2", "ada_meier")
        gradebook.find_grade("f_check", "lab2", "lab2", "ada_meier").auto_score = 12.25
        gradebook.db.commit()
    sheet = course / "sheet.csv"
    sheet.write_text(WORKSHEET)
    assert main(["export", "lab2", "--into", str(sheet), "--root", str(course)]) == 0
    said = capsys.readouterr()
    assert "1 marks in the column 'Grade'" in said.out and "van Dyk" in said.err
    assert table(sheet)[1][4] == "12.25"

    # A new attempt to grade begins so, and leaves no score where it fails.
    with working_in(course), Gradebook("sqlite:///gradebook.db") as gradebook:
        take_back(gradebook, course, "lab2", "lab2", "ada_meier")
    assert main(["export", "lab2", "--into", str(sheet), "--root", str(course)]) == 1
    said = capsys.readouterr()
    assert "0 marks" in said.out
    assert (
        "since the grader failed or was stopped there (lifkit grade lab2): ada_meier." in said.err
    )
    assert table(sheet)[1][4] == "12.25"


@pytest.mark.filterwarnings("ignore:Object of type .* not in session")
def test_late_work_is_exported_as_marks_and_due_dates_are_now(course, capsys):
    (course / "nbgrader_config.py").write_text(
        f"{CONFIG}c.LateSubmissionPlugin.penalty_method = 'zero'\n"
    )
    with working_in(course), Gradebook("sqlite:///gradebook.db") as gradebook:
        gradebook.add_assignment("lab2", duedate="2026-05-01 12:00:00 UTC")
        gradebook.add_notebook("lab2", "lab2")
        gradebook.add_grade_cell("f_check", "lab2", "lab2", max_score=15, cell_type="code")
        gradebook.add_grade_cell("think", "lab2", "lab2", max_score=5, cell_type="markdown")
        gradebook.add_solution_cell("think", "lab2", "lab2")
        gradebook.add_student("ada_meier")
        late = gradebook.add_submission("lab2", "ada_meier", timestamp="2026-05-02 12:00:00 UTC")
        late.notebooks[0].late_submission_penalty = 12.0  # as it was when that was graded
        gradebook.find_grade("f_check", "lab2", "lab2", "ada_meier").auto_score = 12.0
        gradebook.find_grade("think", "lab2", "lab2", "ada_meier").manual_score = 3.0
        gradebook.db.commit()
    sheet = course / "sheet.csv"
    sheet.write_text(WORKSHEET)
    export = ["export", "lab2", "--into", str(sheet), "--root", str(course)]
    assert main(export) == 0 and table(sheet)[1][4] == "0"
    with working_in(course), Gradebook("sqlite:///gradebook.db") as gradebook:
        gradebook.grant_extension("lab2", "ada_meier", days=3)
    assert main(export) == 0 and table(sheet)[1][4] == "15"
    assert "late" not in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:Object of type .* not in session")
def test_what_replaces_late_work_does_not_keep_its_time_stamp(course):
    config = load_config(course)
    config.CourseDirectory.assignment_id = "lab2"
    stamp = course / "submitted" / "ada_meier" / "lab2" / "timestamp.txt"
    stamp.parent.mkdir(parents=True)
    with working_in(course), Gradebook("sqlite:///gradebook.db") as gradebook:
        gradebook.add_assignment("lab2", duedate="2026-05-01 12:00:00 UTC")
        gradebook.add_notebook("lab2", "lab2")
        submissions = Submissions(Course(config=config), config, Settings(), print)
        for text, late in (("2026-05-01 17:00:00 UTC", 5 * 3600), ("", 0)):
            stamp.write_text(text)
            submissions.notebooks = ["lab2.ipynb"]
            submissions.init_assignment("lab2", "ada_meier")
            gradebook.db.expire_all()
            assert gradebook.find_submission("lab2", "ada_meier").total_seconds_late == late


def test_the_parts_of_a_total_add_up_as_they_are_shown():
    grades = [
        Mock(cell_id=cell, score=score, needs_manual_grade=False, auto_score=1.0)
        for cell, score in (("a", 38.0), ("b", 10.5))
    ]
    submitted = Mock(grades=grades, late_submission_penalty=1.665, comments=[])
    one = totals._total(submitted, {"a": ("a", 38.0), "b": ("b", 12.0)}, {"a"})
    assert (shown(one.late), shown(one.total)) == ("1.67", "46.83")


def test_without_points_nothing_is_exported(course, capsys):
    (course / "sheet.csv").write_text(WORKSHEET)
    assert main(["export", "lab2", "--into", str(course / "sheet.csv"), "--root", str(course)]) == 1
    assert "no points for lab2" in capsys.readouterr().err
    assert (course / "sheet.csv").read_text() == WORKSHEET


@pytest.fixture
def give_back(course, capsys, monkeypatch):
    """Give what `lifkit feedback --zip` does with an archive, where ada and bob have pages."""
    for student in ("ada_meier", "bob_van_dyk"):
        page = course / "feedback" / student / "lab2" / "lab2.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"for {student}")
    monkeypatch.setattr(classroom, "write_feedback_pages", lambda *_: Tally())

    def run(parts, *options):
        path = packed(course.parent / "all.zip", parts)
        status = main(["feedback", "lab2", "--zip", str(path), "--root", str(course), *options])
        into = course / "lab2_feedback.zip"
        found = {}
        if into.exists():
            with zipfile.ZipFile(into) as file:
                found = {name: file.read(name).decode() for name in file.namelist()}
        return status, "".join(capsys.readouterr()), found

    return run


def test_pages_go_back_under_moodle_s_own_names(give_back):
    status, _, found = give_back(
        {
            MOODLE: "",
            "Bob van Dyk_77_assignsubmission_file/a/b.ipynb": "",
            "Bob van Dyk_77_x.txt": "",
        }
    )
    assert status == 0
    assert found == {
        "Ada Meier_1234567_assignsubmission_file_/lab2.html": "for ada_meier",
        "Bob van Dyk_77_assignsubmission_file_/lab2.html": "for bob_van_dyk",
    }


def test_who_has_no_page_is_named(give_back):
    status, said, found = give_back({MOODLE: "", "Cyd Oz_5_assignsubmission_file_/lab2.ipynb": ""})
    assert status == 1 and "Not in it: cyd_oz: no page" in said and len(found) == 1


def test_pages_find_their_owners_by_the_roster(give_back, course):
    page = course / "feedback" / "s17" / "lab2" / "lab2.html"
    page.parent.mkdir(parents=True)
    page.write_text("for s17")
    roster(course, "s17,,Ada Meier,")
    assert list(give_back({MOODLE: ""})[2].values()) == ["for s17"]


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({CANVAS: ""}, "not from Moodle"),
        ({MOODLE.replace("Ada", "Eve"): ""}, "has a feedback page"),
    ],
)
def test_where_nothing_can_be_given_back_nothing_is_written(give_back, course, parts, why):
    status, said, found = give_back(parts)
    assert status == 1 and why in said and not found
    assert not list(course.glob(".*zip*"))
