"""The outputs of cells: taken off the kernel's messages, counted, cleaned."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from ..limits import CELL_OUTPUT, CELL_PIECES, NOTEBOOK_OUTPUT
from ..submission.sanitize import Cleaner, clean_text

__all__ = ["Outputs", "error", "output"]


class Outputs:
    """Takes the outputs of cells off the kernel's messages and keeps what fits."""

    def __init__(self) -> None:
        self._left = NOTEBOOK_OUTPUT
        self._cleaner = Cleaner()
        self._named: dict[str, list[NotebookNode]] = {}

    def open(self, cell: NotebookNode) -> None:
        """Begin a cell."""
        self._cell = cell
        self._mine = min(CELL_OUTPUT, self._left)
        self._clear = self._full = False

    def put(self, message: dict[str, Any]) -> None:
        """Take one message; what is no output, or malformed, is dropped."""
        kind, content = str(message.get("msg_type")), message["content"]
        if kind == "clear_output":
            self._clear = bool(content.get("wait"))
            if not self._clear:
                self._cell.outputs = []
        size = _size(content)
        if kind not in _KINDS or self._full:
            return
        place = content.get("transient")
        name = place.get("display_id") if isinstance(place, dict) else None
        shown = self._named.get(name, []) if isinstance(name, str) else []
        size *= len(shown) if kind == "update_display_data" else 1
        if size > self._mine or len(self._cell.outputs) >= CELL_PIECES:
            return self._say_full()
        self._mine -= size
        self._left -= size
        if self._clear:
            self._cell.outputs, self._clear = [], False
        made = _output(kind, content, self._cleaner)
        if made is None:
            return
        if kind == "update_display_data":
            for one in shown:
                one["data"] = made["data"]
            return
        self._append(made)
        if isinstance(name, str):
            self._named.setdefault(name, []).append(self._cell.outputs[-1])

    def _append(self, made: NotebookNode) -> None:
        last = self._cell.outputs[-1] if self._cell.outputs else None
        both = last is not None and last.output_type == made.output_type == "stream"
        if both and last is not None and last.name == made.name:
            last.text += made.text
        else:
            self._cell.outputs.append(made)

    def _say_full(self) -> None:
        if not self._full:
            self._full = True
            text = "\n[The rest of this cell's output is left out: there is too much of it.]\n"
            self._cell.outputs.append(output("stream", name="stdout", text=text))


def error(name: str, text: str) -> NotebookNode:
    """Make the output of an exception, or of what is shown like one."""
    name, text = clean_text(name), clean_text(text)
    return output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


def output(kind: str, **fields: Any) -> NotebookNode:
    """Make an output as nbformat's `new_output`, which looks each over by its schema.

    The notebook is looked over when it is written.
    """
    extra = {"metadata": NotebookNode()} if "data" in fields else {}
    return NotebookNode(output_type=kind, **extra, **fields)


_KINDS = ("stream", "error", "display_data", "execute_result", "update_display_data")


def _size(content: dict[str, Any]) -> int:
    """Return the bytes of all texts that an output may be made of."""
    data, lines = content.get("data"), content.get("traceback")
    texts = [content.get(name) for name in ("text", "ename", "evalue")]
    texts += data.values() if isinstance(data, dict) else ()
    texts += lines if isinstance(lines, list) else ()
    return sum(len(text.encode("utf-8", "replace")) for text in texts if isinstance(text, str))


def _output(kind: str, content: dict[str, Any], cleaner: Cleaner) -> NotebookNode | None:
    """Return a message as an output of a notebook; None when it is malformed."""
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return output("stream", name=name, text=clean_text(content.get("text", "")))
    if kind == "error":
        lines = content.get("traceback")
        lines = [clean_text(line)[:5000] for line in lines[-50:]] if isinstance(lines, list) else []
        name, text = (clean_text(content.get(field, ""))[:5000] for field in ("ename", "evalue"))
        return output("error", ename=name, evalue=text, traceback=lines)
    data = content.get("data")
    if not isinstance(data, dict):
        return None
    kept = NotebookNode(cleaner.data(data))
    if kind != "execute_result":
        return output("display_data", data=kept)
    count = content.get("execution_count")
    count = count if type(count) is int and 0 <= count < 10**6 else None
    return output("execute_result", data=kept, execution_count=count)
