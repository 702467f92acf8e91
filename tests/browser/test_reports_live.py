"""A report in JupyterLab: its hints open by the keyboard, one at a time."""

from tests.browser.jupyter import open_beside, run_all

CELLS = (
    "from lifkit import check\n\ndef isi(spike_times):\n    return spike_times",
    "try:\n    check(isi)\nexcept AssertionError:\n    pass",
)


def test_hints_open_by_the_keyboard_one_inside_the_other(lab, server):
    server.write("report.ipynb", *CELLS)
    open_beside(lab, "report.ipynb")
    run_all(lab)
    report = lab.locator(".lifkit-report").last
    assert report.get_by_role("heading").inner_text().startswith("Exercise 3.3 isi: ")
    hints = [report.get_by_text(f"Hint {number} of 3", exact=True) for number in (1, 2, 3)]
    assert [hint.is_visible() for hint in hints] == [True, False, False]
    hints[0].focus()
    for number, key in enumerate(("Enter", "Space")):
        lab.keyboard.press(key)
        hints[number + 1].wait_for(state="visible")
        lab.keyboard.press("Tab")
        assert lab.evaluate("document.activeElement.textContent") == f"Hint {number + 2} of 3"
    outline = lab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
