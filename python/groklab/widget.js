// What groklab.widget.Live shows: accuracies over steps of a run and its forks, two buttons, a field. Loads nothing.
const WIDTH = 620, HEIGHT = 240, LEFT = 44, RIGHT = 596, TOP = 10, BOTTOM = 206;
const TEXT = { fill: "currentColor", "font-size": 11 };
// Lines stand out by 4 to 1 from a notebook's white and from its dark grey; text has the notebook's own colour.
const COLOURS = { train_accuracy: "#7d7d7d", test_accuracy: "#3b7dd8" };

function svg(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Round steps from 0 to `last`, six at most. */
function ticks(last) {
  const rough = last / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const distance = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough));
  return Array.from({ length: Math.floor(last / distance) + 1 }, (_, i) => i * distance);
}

function chart(curves) {
  const last = Math.max(1, ...curves.map((c) => c.start + (c.step.at(-1) ?? 0)));
  const x = (step) => LEFT + ((RIGHT - LEFT) * step) / last;
  const y = (value) => BOTTOM - (BOTTOM - TOP) * value;
  const image = svg("svg", { width: WIDTH, height: HEIGHT, role: "img", "aria-label": "accuracy over steps" });
  for (const value of [0, 0.5, 1]) {
    image.append(svg("line", { x1: LEFT, x2: RIGHT, y1: y(value), y2: y(value), stroke: "currentColor", "stroke-opacity": 0.15 }));
    image.append(svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end", ...TEXT }, value));
  }
  for (const step of ticks(last)) {
    const label = step.toLocaleString("en").replaceAll(",", "\u2009");
    image.append(svg("text", { x: x(step), y: BOTTOM + 16, "text-anchor": "middle", ...TEXT }, label));
  }
  image.append(svg("text", { x: RIGHT, y: HEIGHT - 4, "text-anchor": "end", ...TEXT }, "step"));
  for (const curve of curves) {
    if (curve.start > 0) {
      const at = x(curve.start);
      image.append(svg("line", { x1: at, x2: at, y1: TOP, y2: BOTTOM, stroke: "currentColor", "stroke-opacity": 0.4, "stroke-dasharray": 3 }));
    }
    for (const [name, stroke] of Object.entries(COLOURS)) {
      const points = curve.step.map((step, i) => `${x(curve.start + step)},${y(curve[name][i])}`).join(" ");
      image.append(svg("polyline", { points, stroke, fill: "none", "stroke-width": 1.6, "data-curve": name }));
    }
  }
  Object.entries(COLOURS).forEach(([name, stroke], i) => {
    const at = LEFT + 130 * i;
    image.append(svg("line", { x1: at, x2: at + 16, y1: HEIGHT - 8, y2: HEIGHT - 8, stroke, "stroke-width": 3 }));
    image.append(svg("text", { x: at + 22, y: HEIGHT - 4, ...TEXT }, name.replace("_", " ")));
  });
  return image;
}

function render({ model, el }) {
  const picture = document.createElement("div");
  const toggle = document.createElement("button");
  const fork = document.createElement("button");
  const changes = document.createElement("input");
  const message = document.createElement("div");
  fork.textContent = "fork";
  changes.setAttribute("aria-label", "changes of the fork");
  message.setAttribute("role", "status");
  changes.placeholder = "changes of the fork: train_size=300 seed=2";
  changes.style.cssText = "width:320px;margin:0 4px";
  el.append(picture, toggle, changes, fork, message);
  const send = (content) => model.send(content);
  toggle.onclick = () => send({ do: model.get("training") ? "stop" : "go on" });
  fork.onclick = () => send({ do: "fork", changes: changes.value });
  const show = () => {
    picture.replaceChildren(chart(model.get("curves")));
    toggle.textContent = model.get("training") ? "stop" : "go on";
    toggle.disabled = !model.get("training") && model.get("ended");
    message.textContent = model.get("message");
  };
  const names = ["curves", "training", "ended", "message"];
  names.forEach((name) => model.on(`change:${name}`, show));
  show();
  return () => names.forEach((name) => model.off(`change:${name}`, show));
}

export default { render };
