"""A static server that counts what it sends, and a lab in a browser's kernel as a page shows it."""

import functools
import http.server
import threading
from pathlib import Path

from tests.browser.jupyter import Watch


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files as a host of static pages does."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".wasm": "application/wasm",
        ".js": "text/javascript",
    }

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def copyfile(self, source, outputfile):
        sent = Path(self.translate_path(self.path))
        if sent.is_file():
            self.server.sent[self.path.partition("?")[0]] = sent.stat().st_size
        super().copyfile(source, outputfile)

    def log_message(self, *args):
        pass


class Site:
    """A folder on loopback; ``sent`` holds the bytes of each file that somebody asked for."""

    def __init__(self, folder):
        handler = functools.partial(Handler, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.sent = self.sent = {}
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *problem):
        self._server.shutdown()
        self._server.server_close()


# What the page's own programs say of themselves, in the order in which they are met.
CURRENT = """const notebook = jupyterapp.shell.currentWidget;
    const cells = notebook.content.widgets;
"""
FIND = f"""{CURRENT}
    const index = cells.findIndex((cell) => (cell.model.getMetadata("nbgrader") || {{}}).grade_id === id);
"""
RUN = """
    notebook.content.activeCellIndex = index;
    await jupyterapp.commands.execute("notebook:run-cell");
"""
OUTPUTS = """cells[index].model.outputs.toJSON().map((one) => ({
        kind: one.output_type,
        text: [one.text ?? one.data?.["text/plain"] ?? one.ename + ": " + one.evalue].flat().join(""),
        page: [one.data?.["text/html"] ?? ""].flat().join(""),
        about: one.metadata?.lifkit ?? null,
    }))
"""


class Lab:
    """A lab's notebook, open in JupyterLite."""

    def __init__(self, chromium, site, name):
        self.context = chromium.new_context(
            viewport={"width": 1200, "height": 1000}, accept_downloads=True, reduced_motion="reduce"
        )
        self.watch = Watch(self.context)
        self.page = self.context.new_page()
        self.page.goto(f"{site.url}/lab/index.html?path={name}.ipynb")
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.kernelDisplayStatus"
            " === 'idle'",
            timeout=180_000,
        )

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.context.close()

    def write(self, grade_id, source):
        """Put a text into the cell of that id."""
        script = f"([id, text]) => {{ {FIND} cells[index].model.sharedModel.setSource(text); }}"
        self.page.evaluate(script, [grade_id, source])

    def run(self, grade_id):
        """Run one cell and return what it shows: kind, text, page of HTML, and the data beside them."""
        script = f"async (id) => {{ {FIND} {RUN} return {OUTPUTS}; }}"
        return self.page.evaluate(script, grade_id)

    def run_first(self):
        """Run the lab's first code cell and return what it shows."""
        script = f"""async () => {{ {CURRENT}
            const index = cells.findIndex((cell) => cell.model.type === "code");
            {RUN} return {OUTPUTS}; }}"""
        return self.page.evaluate(script)

    def run_all(self):
        """Run all code cells, those behind an error too.

        Returns
        -------
        list of dict
            One a cell: ``index``, ``grade_id``, ``source``, ``seconds`` and ``outputs``.
        """
        script = f"""async () => {{ {CURRENT}
            const found = [];
            for (const [index, cell] of cells.entries()) {{
                if (cell.model.type !== "code") continue;
                const start = performance.now();
                {RUN}
                found.push({{
                    index,
                    grade_id: (cell.model.getMetadata("nbgrader") || {{}}).grade_id ?? "",
                    source: cell.model.sharedModel.source,
                    seconds: (performance.now() - start) / 1000,
                    outputs: {OUTPUTS},
                }});
            }}
            return found; }}"""
        return self.page.evaluate(script)

    def explorer(self, index):
        """Scroll to the cell at that place and return the explorer below it."""
        script = f"""async (index) => {{ {CURRENT}
            notebook.content.activeCellIndex = index;
            await notebook.content.scrollToCell(cells[index]); }}"""
        self.page.evaluate(script, index)
        return self.page.locator(".jp-Cell.jp-mod-active .lifkit-explorer").first

    def download(self, path):
        """Save the notebook as a visitor does, by the menu File."""
        with self.page.expect_download() as download:
            self.page.evaluate(
                """async () => {
                    await jupyterapp.commands.execute("docmanager:save");
                    await jupyterapp.commands.execute("docmanager:download");
                }"""
            )
        download.value.save_as(path)
        return path
