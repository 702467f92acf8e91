/* The browser's half of an explorer, its middle part: what a person moves, and what there is to try. */

/* A slider with a field beside it, to type a value; `moved` is called with a value that the slider has, and
 * with what was typed if that is another. */
function makeSlider(spec, id, begun, moved) {
  const name = `${spec.label} ${spec.name} in ${spec.unit}`;
  const numbers = { min: spec.low, max: spec.high, step: spec.step };
  const range = node("input", { ...numbers, type: "range", id, "aria-label": name });
  const typed = node("input", {
    ...numbers,
    type: "number",
    "aria-label": `${name}, as a number`,
  });
  const label = node("label", { for: id }, node("code", {}, spec.name), ` ${spec.label}`);
  let current = spec.start;
  let typing = false; // what stands in the field is not yet meant

  const show = (value) => {
    current = value;
    const text = value.toFixed(spec.digits);
    range.value = value;
    range.setAttribute("aria-valuetext", `${text} ${spec.unit}`);
    if (!typing) typed.value = text;
  };
  range.addEventListener("pointerdown", () => begun(true));
  range.addEventListener("input", () => {
    begun(false);
    show(Number(range.value));
    moved(current);
  });
  typed.addEventListener("input", () => (typing = true));
  const commit = () => {
    if (!typing) return;
    typing = false;
    const wanted = typed.value === "" ? current : Number(typed.value);
    range.value = wanted; // puts it on a step between the ends
    const got = Number(range.value);
    begun(false);
    const other = got !== wanted;
    show(got);
    moved(got, other ? wanted : undefined);
  };
  typed.addEventListener("change", commit);
  typed.addEventListener("keydown", (event) => {
    if (event.key === "Enter") commit(); // JupyterLab keeps Enter from being a change
  });
  const value = node("span", {}, typed, ` ${spec.unit}`);
  return { row: node("div", { class: "lifkit-slider" }, label, value, range), show };
}

/* The places to try, each with a mark once it was visited. */
function makePlaces(texts, id) {
  const marks = texts.map(() => node("span", { class: "lifkit-mark" }, "○"));
  const said = texts.map(() => node("span", { class: "lifkit-spoken" }, "not yet tried: "));
  const items = texts.map((text, i) => node("li", {}, marks[i], said[i], text));
  const list = node("ul", { role: "list", "aria-labelledby": id }, ...items);
  const title = node("p", { class: "lifkit-title", id }, "Find out");
  let count = 0;

  /* Mark what was visited; return a sentence if that is more than before. */
  const show = (visited) => {
    for (const i of visited) {
      items[i].classList.add("lifkit-visited");
      marks[i].textContent = "✓";
      said[i].textContent = "tried: ";
    }
    const more = visited.length > count;
    count = visited.length;
    return more ? ` Tried ${count} of ${texts.length}.` : "";
  };
  for (const mark of marks) mark.setAttribute("aria-hidden", "true");
  return { box: node("div", { class: "lifkit-places" }, title, list), show };
}
