/* The browser's half of an explorer, its last part: all together.
 *
 * When a slider moves it asks for a frame (`model.send`), and shows the frame that comes back (`frame` of
 * the model).  Only one question is ever under way: while it is, the newest setting waits and replaces the
 * one that waited before, so a slow solver is never given a queue.  An answer may be followed by better
 * ones; each says in `more` how far it has come.
 */

const ANSWER_SOON = 150; // ms without an answer after which the plot is dimmed
const ANSWER_SAID = 1000; // ms after which that is read out, too
const ANSWER_LATE = 3000; // ms after which it is said that Python may be away
const ASK_AGAIN = 10000; // ms after which a lost question may be repeated
const NO_ANSWER =
  "No answer from Python yet: it is busy with another cell, or it was restarted or stopped. " +
  "After a restart, run this cell again.";
const GESTURE_PAUSE = 1000; // ms without a move that end a gesture; the ghost is from before it

let views = 0; // how many explorers this page has shown: makes ids unique

function render({ model, el }) {
  const { title, sliders, places, colours, still } = model.get("setup");
  const view = `${++views}-${Math.random().toString(36).slice(2, 8)}`;
  const state = { frame: readFrame(model.get("frame")), ghost: null, theme: null };
  let values = { ...model.get("frame").values };
  let before = null; // the values that the ghost belongs to
  let outside = ""; // a sentence about a value that was typed and that no slider has
  let plot = null;

  // --- The page ---
  const host = node("div", {
    class: "lifkit-plot",
    tabindex: "0",
    role: "slider",
    "aria-label": "Read values off the curves, from left to right",
  });
  const legend = node("ul", { class: "lifkit-legend", "aria-hidden": "true" });
  const sign = node("span", { class: "lifkit-sign" });
  const readouts = node("ul", { class: "lifkit-readouts" });
  const top = node("p", { class: "lifkit-top" }, node("span", { class: "lifkit-title" }, title), sign);
  const figure = node("div", { class: "lifkit-figure", role: "figure" }, top, legend, host, readouts);
  const message = node("p", { class: "lifkit-message", role: "alert" });
  const changed = node("p", { class: "lifkit-changed" });
  const spoken = node("p", { class: "lifkit-spoken", "aria-live": "polite" });
  const reset = node("button", { type: "button", class: "lifkit-reset" }, "Reset");
  const controls = sliders.map((spec) => {
    const moved = (value, typed) => {
      values = { ...values, [spec.name]: value };
      outside =
        typed === undefined
          ? ""
          : `${spec.name} goes from ${spec.low} to ${spec.high} ${spec.unit} in steps of ${spec.step}.`;
      ask();
    };
    return makeSlider(spec, `lifkit-${view}-${spec.name}`, beginGesture, moved);
  });
  const tried = makePlaces(places, `lifkit-${view}-places`);
  const root = node(
    "section",
    { class: "lifkit-explorer", "aria-label": `Explorer: ${title}` },
    figure,
    message,
    node("div", { class: "lifkit-sliders" }, ...controls.map((control) => control.row)),
    node("div", { class: "lifkit-foot" }, reset, changed),
    ...(places.length ? [tried.box] : []),
    spoken,
  );
  el.append(root);

  // --- Asking ---
  let asked = 0;
  let answered = 0;
  let askedAt = 0;
  let waiting = false;
  let timers = [];

  function ask() {
    waiting = true;
    if (asked === answered || performance.now() - askedAt > ASK_AGAIN) send();
  }

  function send() {
    waiting = false;
    timers.forEach(clearTimeout);
    try {
      model.send({ view, number: asked + 1, values });
    } catch {
      message.textContent = "Python was restarted or stopped: run this cell again.";
      return;
    }
    asked += 1;
    askedAt = performance.now();
    figure.setAttribute("aria-busy", "true");
    const late = [
      [ANSWER_SOON, () => figure.classList.add("lifkit-late")],
      [ANSWER_SAID, () => (spoken.textContent = "Computing.")],
      [ANSWER_LATE, () => (message.textContent = NO_ANSWER)],
    ];
    timers = late.map(([wait, then]) => setTimeout(then, wait));
  }

  function receive() {
    const raw = model.get("frame");
    if (raw.view === view) {
      answered = raw.number;
      if (waiting) send();
    } else {
      values = { ...raw.values }; // another view of this explorer moved
    }
    if (asked === answered) {
      timers.forEach(clearTimeout);
      figure.setAttribute("aria-busy", "false");
      figure.classList.remove("lifkit-late");
    }
    state.frame = readFrame(raw);
    show();
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

  function show() {
    const { frame, ghost } = state;
    sliders.forEach((spec, i) => controls[i].show(values[spec.name]));
    const moved = before ? sliders.filter((s) => before[s.name] !== values[s.name]) : [];
    const ghostly = moved.length > 0 && ghost;
    changed.textContent = moved
      .map((s) => `${s.name}: ${before[s.name].toFixed(s.digits)} → ${values[s.name].toFixed(s.digits)} ${s.unit}`)
      .join(", ");
    frame.curves.ghost = ghostly && { ...ghost.curves.yours, role: "ghost" };
    if (!ghostly) delete frame.curves.ghost;
    state.ghost = ghostly ? ghost : null;
    message.textContent = [outside, frame.message].filter(Boolean).join(" ");
    sign.textContent = frame.more;
    figure.setAttribute("aria-label", frame.alt);
    readouts.replaceChildren(
      ...frame.readouts.map(([label, text]) => node("li", {}, `${label} `, node("strong", {}, text))),
    );
    makeLegend();
    if (plot) redraw(plot, frame);
    const news = tried.show(frame.visited);
    clearTimeout(spokenTimer);
    spokenTimer = setTimeout(() => (spoken.textContent = frame.alt + news), GESTURE_PAUSE);
  }

  const legendValues = {};

  function makeLegend() {
    const { curves } = state.frame;
    legend.classList.toggle("lifkit-no-ghost", !curves.ghost);
    const here = ["yours", "theory"].filter((role) => curves[role]);
    const names = here.map((role) => curves[role].name).join();
    if (legend.dataset.names === names) return;
    legend.dataset.names = names;
    const entry = (role) => {
      legendValues[role] = node("span", { class: "lifkit-value" });
      const line = node("span", { class: `lifkit-line lifkit-line-${role}` });
      const name = role === "ghost" ? "before" : curves[role].name;
      return node("li", {}, line, name, legendValues[role]);
    };
    legendValues.x = node("span", { class: "lifkit-value" });
    legend.replaceChildren(...[...here, "ghost"].map(entry), node("li", {}, legendValues.x));
  }

  function cursorText(x) {
    const { frame } = state;
    const texts = { x: "" };
    for (const role of ROLES) {
      const value = x === null || !frame.curves[role] ? null : valueAt(frame.curves[role], x);
      texts[role] = value === null ? "" : Math.abs(value) < LARGE ? value.toFixed(2) : inPowers(value, 2);
    }
    if (x !== null) texts.x = `at ${x.toFixed(1)} ${frame.x_label.match(/\((.*)\)/)?.[1] ?? ""}`;
    return texts;
  }

  state.pointed = (x) => {
    const texts = cursorText(x);
    for (const [role, cell] of Object.entries(legendValues)) cell.textContent = texts[role];
    const [low, high] = state.frame.x_range;
    const said = [texts.yours, texts.theory && `theory ${texts.theory}`].filter(Boolean).join(", ");
    const range = { "aria-valuemin": low, "aria-valuemax": high, "aria-valuenow": x ?? low };
    const text = x === null ? "the arrow keys begin at the left" : `${texts.x}: ${said || "nothing"}`;
    for (const [name, value] of Object.entries({ ...range, "aria-valuetext": text }))
      host.setAttribute(name, value);
  };
  // For tests and the benchmark: a drawing is done, and what the student's function took of it.
  state.drawn = () => {
    const detail = { seconds: state.frame.seconds };
    root.dispatchEvent(new CustomEvent("lifkit-drawn", { bubbles: true, detail }));
  };

  /* JupyterLab's shortcuts take the arrow keys away from what has the focus and lacks this attribute, and
   * leave Ctrl+S to the browser where it is there: so it goes while Ctrl is down. */
  for (const type of ["focusin", "keydown", "keyup"])
    root.addEventListener(type, ({ target, ctrlKey, metaKey }) =>
      target.toggleAttribute("data-lm-suppress-shortcuts", !(ctrlKey || metaKey)),
    );
  host.addEventListener("keydown", (event) => {
    if (plot && moveCursor(plot, event.key, event.shiftKey)) event.preventDefault();
  });
  reset.addEventListener("click", () => {
    beginGesture(true);
    values = Object.fromEntries(sliders.map((spec) => [spec.name, spec.start]));
    outside = "";
    ask();
  });

  // --- Life ---
  /* Colours can be read only while this is part of the page.  A long notebook takes cells out of it and
   * puts them back, at first and whenever it is scrolled; each time the size changes from or to nothing. */
  function retheme() {
    if (!root.isConnected) return;
    state.theme = readTheme(root, colours);
    plot?.redraw(false);
  }

  function fit() {
    if (!host.clientWidth) return;
    for (const picture of document.querySelectorAll(`[data-lifkit-still="${still}"]`))
      (picture.closest(".jp-OutputArea-child") || picture).style.display = "none";
    retheme();
    if (plot) plot.setSize({ width: host.clientWidth, height: PLOT_HEIGHT });
    else plot = makePlot(host, state, state.theme);
  }

  state.pointed(null);
  show();
  const resized = new ResizeObserver(fit);
  resized.observe(host);
  const rethemed = new MutationObserver(() => setTimeout(retheme, 50));
  rethemed.observe(document.body, { attributeFilter: ["data-jp-theme-name", "class"] });
  rethemed.observe(document.documentElement, { attributeFilter: ["data-theme"] }); // of the site's pages
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", retheme);
  model.on("change:frame", receive);
  return () => {
    model.off("change:frame", receive);
    scheme.removeEventListener("change", retheme);
    rethemed.disconnect();
    resized.disconnect();
    [...timers, spokenTimer].forEach(clearTimeout);
    plot?.destroy();
  };
}

export default { render };
