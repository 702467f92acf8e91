/* The static page: stands in for Python, with frames that were computed when the file was written. */

const recording = JSON.parse(document.getElementById("lifkit-frames").textContent);
const heard = [];

/* The frame's number: the sliders' positions count like digits, the last one fastest. */
function place(values) {
  return recording.setup.sliders.reduce(
    (index, { name, low, high, step }) =>
      index * (Math.round((high - low) / step) + 1) + Math.round((values[name] - low) / step),
    0,
  );
}

function frameAt(values, view, number) {
  const { trace, marks, readouts, alt } = recording.frames[place(values)];
  const bytes = Uint8Array.from(atob(trace), (letter) => letter.charCodeAt(0));
  const y = Float32Array.from(new Int16Array(bytes.buffer), (level) => recording.step * level);
  const x = Float32Array.from(y, (_, k) => k * recording.dt);
  const curve = { ...recording.curve, x, y };
  const own = { marks: Float32Array.from(marks), readouts, alt, values, view, number };
  return { ...recording.base, ...own, curves: [curve] };
}

const start = Object.fromEntries(recording.setup.sliders.map((slider) => [slider.name, slider.start]));
const state = { setup: recording.setup, frame: frameAt(start, "", 0) };
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
