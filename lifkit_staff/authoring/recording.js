/* Recordings: frames that were computed when the page was written stand in for Python. */

const GAP = 65535; // the number that stands for one
const SOON = "600px"; // how far below the window a recording is fetched

/* The arrays as 16-bit numbers: unpressed, and their differences summed up (modulo 65536, as they were made). */
async function unpack({ numbers, arrays }) {
  const bytes = Uint8Array.from(atob(numbers), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const all = new Uint16Array(await new Response(stream).arrayBuffer());
  let end = 0;
  return arrays.map(([length, low, step]) => {
    const levels = all.subarray(end, (end += length));
    for (let k = 1; k < length; k++) levels[k] += levels[k - 1];
    return () => Float32Array.from(levels, (level) => (level === GAP ? NaN : low + level * step));
  });
}

/* The frame's number: the sliders' positions count like digits, the last one fastest. */
function place(sliders, values) {
  return sliders.reduce(
    (index, { name, low, high, step }) =>
      index * (Math.round((high - low) / step) + 1) + Math.round((values[name] - low) / step),
    0,
  );
}

async function play(el, recording) {
  const { setup, base, frames } = recording;
  const arrays = await unpack(recording);
  const visited = new Set();
  const heard = [];

  function frameAt(values, view, number) {
    const frame = { ...base, ...frames[place(setup.sliders, values)], values, view, number };
    const curves = frame.curves.map((curve) => ({ ...curve, x: arrays[curve.x](), y: arrays[curve.y]() }));
    frame.visited.forEach((i) => visited.add(i));
    return { ...frame, curves, marks: arrays[frame.marks](), visited: [...visited] };
  }

  const start = Object.fromEntries(setup.sliders.map((slider) => [slider.name, slider.start]));
  const state = { setup, frame: frameAt(start, "", 0) };
  const model = {
    get: (name) => state[name],
    on: (name, listener) => heard.push(listener),
    off: () => {},
    send: ({ values, view, number }) => {
      state.frame = frameAt(values, view, number);
      queueMicrotask(() => heard.forEach((listener) => listener()));
    },
  };
  render({ model, el });
}

/* One that lies in a file of its own is fetched when it is nearly in sight. */
const near = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      fetch(target.dataset.recording)
        .then((answer) => answer.json())
        .then((recording) => play(target, recording));
    }
  },
  { rootMargin: SOON },
);

for (const el of document.querySelectorAll(".lifkit-recording")) {
  if (el.dataset.recording) near.observe(el);
  else play(el, JSON.parse(el.querySelector("script").textContent));
}
