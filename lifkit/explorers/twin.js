/* The static twin: stands in for Python, with frames that were computed when the file was written. */

const twin = JSON.parse(document.getElementById("lifkit-frames").textContent);
const heard = [];

/* The frame's number: the sliders' positions count like digits, the last one fastest. */
function place(values) {
  return twin.setup.sliders.reduce(
    (index, { name, low, high, step }) =>
      index * (Math.round((high - low) / step) + 1) + Math.round((values[name] - low) / step),
    0,
  );
}

function frameAt(values, view, number) {
  const { trace, marks, readouts, alt } = twin.frames[place(values)];
  const bytes = Uint8Array.from(atob(trace), (letter) => letter.charCodeAt(0));
  const y = Float32Array.from(new Int16Array(bytes.buffer), (level) => twin.step * level);
  const x = Float32Array.from(y, (_, k) => k * twin.dt);
  const curve = { ...twin.curve, x, y };
  const own = { marks: Float32Array.from(marks), readouts, alt, values, view, number };
  return { ...twin.base, ...own, curves: [curve] };
}

const start = Object.fromEntries(twin.setup.sliders.map((slider) => [slider.name, slider.start]));
const state = { setup: twin.setup, frame: frameAt(start, "", 0) };
const model = {
  get: (name) => state[name],
  on: (name, listener) => heard.push(listener),
  off: () => {},
  send: ({ values, view, number }) => {
    state.frame = frameAt(values, view, number);
    queueMicrotask(() => heard.forEach((listener) => listener()));
  },
};
render({ model, el: document.getElementById("lifkit-explorer") });
