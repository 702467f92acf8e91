// Runs check_all.py in Pyodide, without a browser: node check_all.mjs PYODIDE WHEEL PROGRAM DATA
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [indexURL, wheel, program, data] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${indexURL}/pyodide.mjs`).href);
const pyodide = await loadPyodide({ indexURL, stdout: () => {}, stderr: () => {} });
await pyodide.loadPackage(["numpy", "scipy"], { messageCallback: () => {} });
pyodide.unpackArchive((await readFile(wheel)).buffer, "whl");
pyodide.globals.set("data", await readFile(data, "utf8"));
console.log(await pyodide.runPythonAsync((await readFile(program, "utf8")) + "\ncheck_all(data)"));
