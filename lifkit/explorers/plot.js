/* The browser's half of an explorer, its first part: data, colours and the plot.
 *
 * It computes nothing and asks nothing: it draws the frame it is given.  `controls.js` holds what a person
 * moves, `explorer.js` puts all together and talks to Python.  `uPlot` stands above these files, which
 * widget.py and the static page put together.
 */

const PLOT_HEIGHT = 330; // CSS pixels
const VALUES_WIDTH = 58; // CSS pixels for the numbers of the upright axis; longer ones get more
const LARGE = 1e5; // from here on numbers are written short
const MARK_HEIGHT = 4; // mV, as in lifkit.plotting: a convention of the drawing, not a voltage

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

/* The numbers of an axis; where a wrong answer makes them large, in powers of ten: -3.5e5. */
function tickTexts(values) {
  const large = values.some((value) => Math.abs(value) >= LARGE);
  return values.map((value) => (large && value ? inPowers(value) : uPlot.fmtNum(value)));
}

function inPowers(value, digits) {
  return value.toExponential(digits).replace("e+", "e");
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

/* How wide the upright axis is without its label: drawing begins where its longest number has room. */
function valuesWidth(u, texts, index) {
  const { ticks, gap, font } = u.axes[index];
  u.ctx.font = font[0];
  const widths = (texts ?? []).map((text) => u.ctx.measureText(text).width / devicePixelRatio);
  return Math.max(VALUES_WIDTH, Math.ceil(ticks.size + 2 * gap + Math.max(0, ...widths)));
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
  return new uPlot(
    {
      width: host.clientWidth,
      height: PLOT_HEIGHT,
      // Room for the names of lines.
      padding: [
        () => (state.frame.lines.some((line) => line.upright) ? 22 : 8),
        () => (state.frame.lines.some((line) => !line.upright) ? 76 : 20),
        0,
        0,
      ],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: {
        x: { time: false, range: () => state.frame.x_range },
        y: { range: () => state.frame.y_range },
      },
      axes: [
        { ...axis(state.frame.x_label), size: 34 },
        {
          ...axis(state.frame.y_label),
          size: valuesWidth,
          values: (u, splits) => tickTexts(splits),
        },
      ],
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
}

/* Draw another frame: its labels may be others, too. */
function redraw(plot, frame) {
  plot.axes[0].label = frame.x_label;
  plot.axes[1].label = frame.y_label;
  plot.setData(aligned(frame.curves));
}

/* Move the plot's cursor as the keys move a slider's thumb; return whether it was such a key. */
function moveCursor(plot, key, far) {
  const end = plot.over.clientWidth - 1;
  const now = Math.max(plot.cursor.left, 0);
  const step = (far ? 0.1 : 0.01) * end;
  const left = {
    ArrowLeft: now - step,
    ArrowDown: now - step,
    ArrowRight: now + step,
    ArrowUp: now + step,
    PageDown: now - 0.1 * end,
    PageUp: now + 0.1 * end,
    Home: 0,
    End: end,
  }[key];
  if (left === undefined) return false;
  plot.setCursor({ left: Math.min(Math.max(0, left), end), top: 0 });
  return true;
}

/* Threshold and reset: a line across the plot, named in the margin.  Rheobase: upright, named above. */
function drawLevels(u, { frame, theme }) {
  const { ctx, bbox } = u;
  const gap = 6 * devicePixelRatio;
  ctx.save();
  ctx.font = theme.font.replace(/^\d+/, (size) => size * devicePixelRatio);
  ctx.strokeStyle = ctx.fillStyle = theme.text;
  ctx.lineWidth = devicePixelRatio;
  for (const { label, value, dotted, upright } of frame.lines) {
    const at = u.valToPos(value, upright ? "x" : "y", true);
    ctx.setLineDash((dotted || upright ? [2, 3] : [6, 4]).map((length) => length * devicePixelRatio));
    ctx.beginPath();
    if (upright) {
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
      ctx.textAlign = "center";
      ctx.textBaseline = "bottom";
      ctx.fillText(label, at, bbox.top - gap / 2);
    } else {
      ctx.moveTo(bbox.left, at);
      ctx.lineTo(bbox.left + bbox.width, at);
      ctx.textAlign = "left";
      ctx.textBaseline = "middle";
      ctx.fillText(label, bbox.left + bbox.width + gap, at);
    }
    ctx.stroke();
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
