/* Stands where the kernel looks for Pyodide, which comes from another server.  The list of packages is
   this site's, and so are the packages that the other server does not have. */
importScripts("ADDRESS" + "pyodide.js");
const loadFromThere = self.loadPyodide;
self.loadPyodide = async ({ indexURL, ...options }) => {
  const here = new URL(indexURL, self.location.href);
  const lock = await (await fetch(new URL("pyodide-lock.json", here))).json();
  for (const name of OURS) {
    lock.packages[name].file_name = new URL(lock.packages[name].file_name, here).href;
  }
  const lockFileURL = URL.createObjectURL(new Blob([JSON.stringify(lock)]));
  return loadFromThere({ ...options, indexURL: "ADDRESS", lockFileURL });
};
