/* The browser's half of an explorer: sliders, a plot, and words about what it shows.
 *
 * It computes nothing.  When a slider moves it asks for a frame (`model.send`), and draws the frame
 * that comes back (`frame` of the model).  Only one question is ever under way: while it is, the
 * newest setting waits and replaces the one that waited before, so a slow solver is never given a
 * queue.  `uPlot` stands above this file, which widget.py and the static page put together.
 */

const PLOT_HEIGHT = 330; // CSS pixels
const MARK_HEIGHT = 4; // mV, as in lifkit.plotting: a convention of the drawing, not a voltage
const ANSWER_LATE = 3000; // ms without an answer after which that is said
const ASK_AGAIN = 10000; // ms without an answer after which a lost question may be repeated
const GESTURE_PAUSE = 1000; // ms without a move that end a gesture; the ghost is from before it

/* What gets keys must carry this itself, or JupyterLab's shortcuts take the arrow keys away. */
const KEEPS_KEYS = { "data-lm-suppress-shortcuts": "true" };

/* Make an element: node("p", {class: "a"}, "text", child). */
function node(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/* Read float32 numbers; the bytes of a message need not start on a multiple of four. */
function floats(bytes) {
  if (bytes instanceof Float32Array) return bytes;
  const start = bytes.byteOffset;
  return new Float32Array(bytes.buffer.slice(start, start + bytes.byteLength));
}

/* Turn NaN into null, which uPlot leaves out; most arrays have none and stay as they are. */
function gaps(y) {
  return y.some(Number.isNaN) ? Array.from(y, (v) => (Number.isNaN(v) ? null : v)) : y;
}

function readFrame(raw) {
  const curves = {};
  for (const c of raw.curves) curves[c.role] = { ...c, x: floats(c.x), y: gaps(floats(c.y)) };
  return { ...raw, curves, marks: floats(raw.marks) };
}

/* The value of a curve at the sample next to x. */
function valueAt(curve, x) {
  let low = 0;
  let high = curve.x.length - 1;
  if (high < 0) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (curve.x[middle] < x) low = middle;
    else high = middle;
  }
  return curve.y[x - curve.x[low] < curve.x[high] - x ? low : high];
}

/* Colours ----------------------------------------------------------------------------------------
 * Those of the course, for a light or a dark ground; the page says which (JupyterLab's variables). */

function isDark(root) {
  const parts = getComputedStyle(root).backgroundColor.match(/[\d.]+/g) || [];
  const [red, green, blue] = parts.map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

function readTheme(root, colours) {
  const { yours, here } = colours[isDark(root) ? "dark" : "light"];
  root.style.setProperty("--lifkit-yours", yours);
  root.style.setProperty("--lifkit-here", here);
  const style = getComputedStyle(root);
  return {
    yours,
    here,
    text: style.color,
    grid: style.getPropertyValue("--lifkit-grid").trim(),
    ghost: style.getPropertyValue("--lifkit-ghost").trim(),
    font: `12px ${style.fontFamily}`,
  };
}

/* The plot ---------------------------------------------------------------------------------------
 * Series of uPlot, back to front: the ghost, the student's curve, the theory. */

const ROLES = ["ghost", "yours", "theory"];

/* uPlot wants one x for all; curves on other grids are joined into one. */
function aligned(curves) {
  const there = ROLES.map((role) => curves[role]);
  const xs = there.filter(Boolean).map((c) => c.x);
  const base = xs[0] || new Float32Array(0);
  const same = xs.every((x) => x.length === base.length && x.at(-1) === base.at(-1));
  if (same) return [base, ...there.map((c) => (c ? c.y : new Array(base.length).fill(null)))];
  const tables = there.map((c) => (c ? [c.x, c.y] : [[], []]));
  return uPlot.join(tables);
}

function makePlot(host, state, theme) {
  const axis = (label) => ({
    label,
    labelSize: 22,
    labelFont: theme.font,
    font: theme.font,
    stroke: () => state.theme.text,
    grid: { stroke: () => state.theme.grid, width: 1 },
    ticks: { stroke: () => state.theme.grid, width: 1 },
  });
  const plot = new uPlot(
    {
      width: host.clientWidth || 640,
      height: PLOT_HEIGHT,
      padding: [8, state.frame.lines.length ? 76 : 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: () => state.frame.x_range },
        y: { range: () => state.frame.y_range },
      },
      axes: [{ ...axis(state.frame.x_label), size: 34 }, { ...axis(state.frame.y_label), size: 58 }],
      series: [
        {},
        { stroke: () => state.theme.ghost, width: 1.5, spanGaps: true, points: { show: false } },
        {
          stroke: () => state.theme.yours,
          width: 2,
          spanGaps: true,
          points: {
            show: () => Boolean(state.frame.curves.yours?.points),
            size: 6,
            width: 0,
            fill: () => state.theme.yours,
          },
        },
        {
          stroke: () => state.theme.text,
          width: 1.3,
          dash: [5, 4],
          spanGaps: true,
          points: { show: false },
        },
      ],
      hooks: {
        drawClear: [(u) => drawLevels(u, state)],
        draw: [(u) => drawMarks(u, state), () => state.drawn()],
        setCursor: [(u) => state.pointed(u.cursor.left < 0 ? null : u.posToVal(u.cursor.left, "x"))],
      },
    },
    aligned(state.frame.curves),
    host,
  );
  return plot;
}

/* Threshold and reset: a line across the plot, named in the margin. */
function drawLevels(u, { frame, theme }) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.font = theme.font.replace(/^\d+/, (size) => size * devicePixelRatio);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.strokeStyle = ctx.fillStyle = theme.text;
  ctx.lineWidth = devicePixelRatio;
  for (const { label, value, dotted } of frame.lines) {
    const y = u.valToPos(value, "y", true);
    ctx.setLineDash((dotted ? [2, 3] : [6, 4]).map((length) => length * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(label, bbox.left + bbox.width + 6 * devicePixelRatio, y);
  }
  ctx.restore();
}

/* Spikes as strokes above the threshold, and the point where the sliders stand. */
function drawMarks(u, { frame, ghost, theme }) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.setLineDash([]);
  for (const [shown, colour] of [[ghost, theme.ghost], [frame, theme.yours]]) {
    if (!shown) continue;
    const low = u.valToPos(shown.mark_base + MARK_HEIGHT / 4, "y", true);
    const high = u.valToPos(shown.mark_base + (5 * MARK_HEIGHT) / 4, "y", true);
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.beginPath();
    for (const time of shown.marks) {
      const x = u.valToPos(time, "x", true);
      ctx.moveTo(x, low);
      ctx.lineTo(x, high);
    }
    ctx.stroke();
    if (!shown.here) continue;
    const [x, y] = [u.valToPos(shown.here[0], "x", true), u.valToPos(shown.here[1], "y", true)];
    ctx.strokeStyle = ctx.fillStyle = shown === frame ? theme.here : theme.ghost;
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(x, y, 6 * devicePixelRatio, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

/* Sliders ----------------------------------------------------------------------------------------*/

function makeSlider(spec, id, moved, begun) {
  const input = node("input", {
    ...KEEPS_KEYS,
    type: "range",
    id,
    min: spec.low,
    max: spec.high,
    step: spec.step,
    "aria-label": `${spec.label} ${spec.name} in ${spec.unit}`,
  });
  const text = node("output", { for: id });
  const label = node("label", { for: id }, node("code", {}, spec.name), ` ${spec.label}`);
  const show = (value) => {
    input.value = value;
    text.textContent = `${Number(value).toFixed(spec.digits)} ${spec.unit}`;
    input.setAttribute("aria-valuetext", text.textContent);
  };
  input.addEventListener("pointerdown", begun);
  input.addEventListener("input", () => {
    show(input.value);
    moved(spec.name, Number(input.value));
  });
  return { row: node("div", { class: "lifkit-slider" }, label, text, input), show };
}

/* All together -----------------------------------------------------------------------------------*/

let views = 0; // how many explorers this page has shown: makes ids unique

function render({ model, el }) {
  const { title, sliders, colours, still } = model.get("setup");
  const view = `${++views}-${Math.random().toString(36).slice(2, 8)}`;
  const state = { frame: readFrame(model.get("frame")), ghost: null, theme: null };
  let values = { ...model.get("frame").values };
  let before = null; // the values that the ghost belongs to

  // --- The page ---
  const host = node("div", { ...KEEPS_KEYS, class: "lifkit-plot", tabindex: "0", role: "img" });
  const legend = node("ul", { class: "lifkit-legend", "aria-hidden": "true" });
  const readouts = node("ul", { class: "lifkit-readouts" });
  const message = node("p", { class: "lifkit-message", role: "alert" });
  const changed = node("p", { class: "lifkit-changed" });
  const spoken = node("p", { class: "lifkit-spoken", "aria-live": "polite" });
  const reset = node("button", { ...KEEPS_KEYS, type: "button", class: "lifkit-reset" }, "Reset");
  const controls = Object.fromEntries(
    sliders.map((spec) => [
      spec.name,
      makeSlider(spec, `lifkit-${view}-${spec.name}`, (name, value) => {
        beginGesture(false);
        values = { ...values, [name]: value };
        ask();
      }, () => beginGesture(true)),
    ]),
  );
  const root = node(
    "section",
    { class: "lifkit-explorer", "aria-label": `Explorer: ${title}` },
    node("p", { class: "lifkit-title" }, title),
    legend,
    host,
    readouts,
    message,
    node("div", { class: "lifkit-sliders" }, ...sliders.map((spec) => controls[spec.name].row)),
    node("div", { class: "lifkit-foot" }, reset, changed),
    spoken,
  );
  el.append(root);
  for (const picture of document.querySelectorAll(`[data-lifkit-still="${still}"]`)) {
    (picture.closest(".jp-OutputArea-child") || picture).style.display = "none";
  }

  // --- Asking ---
  let asked = 0;
  let answered = 0;
  let askedAt = 0;
  let waiting = false;
  let lateTimer = 0;

  function ask() {
    waiting = true;
    if (asked === answered || performance.now() - askedAt > ASK_AGAIN) send();
  }

  function send() {
    waiting = false;
    clearTimeout(lateTimer);
    try {
      model.send({ view, number: asked + 1, values });
    } catch {
      message.textContent = "Python was restarted or stopped: run this cell again.";
      return;
    }
    asked += 1;
    askedAt = performance.now();
    root.setAttribute("aria-busy", "true");
    lateTimer = setTimeout(() => {
      message.textContent =
        "No answer from Python yet: it is busy with another cell, or it was restarted or stopped. " +
        "After a restart, run this cell again.";
    }, ANSWER_LATE);
  }

  function receive() {
    const raw = model.get("frame");
    if (raw.view === view) {
      answered = raw.number;
      if (answered === asked) clearTimeout(lateTimer);
      if (waiting) send();
    } else {
      values = { ...raw.values }; // another view of this explorer moved
    }
    state.frame = readFrame(raw);
    show();
    if (asked === answered) root.setAttribute("aria-busy", "false");
  }

  // --- Showing ---
  let gesture = -Infinity; // when the last move was

  /* Keep what is shown as the ghost when a new gesture starts. */
  function beginGesture(sure) {
    const now = performance.now();
    if (sure || now - gesture > GESTURE_PAUSE) {
      state.ghost = state.frame.curves.yours ? state.frame : state.ghost;
      before = { ...values };
    }
    gesture = now;
  }

  let spokenTimer = 0;
  let plot = null;

  function show() {
    const { frame, ghost } = state;
    for (const [name, control] of Object.entries(controls)) control.show(values[name]);
    const moved = before ? sliders.filter((s) => before[s.name] !== values[s.name]) : [];
    const ghostly = moved.length > 0 && ghost;
    changed.textContent = moved
      .map((s) => `${s.name}: ${before[s.name].toFixed(s.digits)} → ${values[s.name].toFixed(s.digits)} ${s.unit}`)
      .join(", ");
    frame.curves.ghost = ghostly && { ...ghost.curves.yours, name: "before", role: "ghost" };
    if (!ghostly) delete frame.curves.ghost;
    state.ghost = ghostly ? ghost : null;
    message.textContent = frame.message;
    host.setAttribute("aria-label", frame.alt);
    readouts.replaceChildren(
      ...frame.readouts.map(([label, text]) => node("li", {}, `${label} `, node("strong", {}, text))),
    );
    makeLegend();
    plot?.setData(aligned(frame.curves));
    clearTimeout(spokenTimer);
    spokenTimer = setTimeout(() => (spoken.textContent = frame.alt), GESTURE_PAUSE);
  }

  const legendValues = {};

  function makeLegend() {
    const here = ["yours", "theory", "ghost"].filter((role) => state.frame.curves[role]);
    const names = here.map((role) => state.frame.curves[role].name).join();
    if (legend.dataset.names === names) return;
    legend.dataset.names = names;
    const entry = (role) => {
      legendValues[role] = node("span", { class: "lifkit-value" });
      const line = node("span", { class: `lifkit-line lifkit-line-${role}` });
      return node("li", {}, line, state.frame.curves[role].name, legendValues[role]);
    };
    legendValues.x = node("span", { class: "lifkit-value" });
    legend.replaceChildren(...here.map(entry), node("li", {}, legendValues.x));
  }

  function cursorText(x) {
    const { frame } = state;
    const texts = { x: "" };
    for (const role of ROLES) {
      const value = x === null || !frame.curves[role] ? null : valueAt(frame.curves[role], x);
      texts[role] = value === null ? "" : value.toFixed(2);
    }
    if (x !== null) texts.x = `at ${x.toFixed(1)} ${frame.x_label.match(/\((.*)\)/)?.[1] ?? ""}`;
    return texts;
  }

  state.pointed = (x) => {
    const texts = cursorText(x);
    for (const [role, cell] of Object.entries(legendValues)) cell.textContent = texts[role];
  };
  // For tests and the benchmark: a drawing is done, and what the student's function took of it.
  state.drawn = () => {
    const detail = { seconds: state.frame.seconds };
    root.dispatchEvent(new CustomEvent("lifkit-drawn", { bubbles: true, detail }));
  };

  function retheme() {
    state.theme = readTheme(root, colours);
    plot?.redraw(false);
  }

  // --- Keys: the arrows move the cursor while the plot has the focus ---
  host.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction || !plot) return;
    event.preventDefault();
    const width = plot.over.clientWidth;
    const step = (event.shiftKey ? 0.1 : 0.01) * width;
    const left = Math.min(Math.max(0, Math.max(plot.cursor.left, 0) + direction * step), width - 1);
    plot.setCursor({ left, top: 0 });
    const { x, yours, theory } = cursorText(plot.posToVal(left, "x"));
    spoken.textContent = `${x}: ${yours}${theory && `, theory ${theory}`}`;
  });
  reset.addEventListener("click", () => {
    beginGesture(true);
    values = Object.fromEntries(sliders.map((spec) => [spec.name, spec.start]));
    ask();
  });

  // --- Life ---
  retheme();
  show();
  plot = makePlot(host, state, state.theme);
  const resized = new ResizeObserver(() => {
    if (host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height: PLOT_HEIGHT });
  });
  resized.observe(host);
  const rethemed = new MutationObserver(() => setTimeout(retheme, 50));
  rethemed.observe(document.body, { attributeFilter: ["data-jp-theme-name", "class"] });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", retheme);
  model.on("change:frame", receive);
  return () => {
    model.off("change:frame", receive);
    scheme.removeEventListener("change", retheme);
    rethemed.disconnect();
    resized.disconnect();
    clearTimeout(lateTimer);
    clearTimeout(spokenTimer);
    plot.destroy();
  };
}

export default { render };
