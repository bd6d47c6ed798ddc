// What groklab.widget.Live shows: accuracies over steps of a run and its forks, two buttons, a field. Loads nothing.
const WIDTH = 620, HEIGHT = 240, LEFT = 44, RIGHT = 612, TOP = 10, BOTTOM = 206;
const COLOURS = { train_accuracy: "#8a8a8a", test_accuracy: "#1f5fbf" };

function svg(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function chart(curves) {
  const last = Math.max(1, ...curves.map((c) => c.start + (c.step.at(-1) ?? 0)));
  const x = (step) => LEFT + ((RIGHT - LEFT) * step) / last;
  const y = (value) => BOTTOM - (BOTTOM - TOP) * value;
  const image = svg("svg", { width: WIDTH, height: HEIGHT, role: "img", "aria-label": "accuracy over steps" });
  for (const value of [0, 0.5, 1]) {
    image.append(svg("line", { x1: LEFT, x2: RIGHT, y1: y(value), y2: y(value), stroke: "#ddd" }));
    image.append(svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end", "font-size": 11 }, value));
  }
  for (const part of [0, 0.5, 1]) {
    const step = Math.round(last * part);
    image.append(svg("text", { x: x(step), y: BOTTOM + 16, "text-anchor": "middle", "font-size": 11 }, step));
  }
  for (const curve of curves) {
    if (curve.start > 0) {
      const at = x(curve.start);
      image.append(svg("line", { x1: at, x2: at, y1: TOP, y2: BOTTOM, stroke: "#bbb", "stroke-dasharray": 3 }));
    }
    for (const [name, stroke] of Object.entries(COLOURS)) {
      const points = curve.step.map((step, i) => `${x(curve.start + step)},${y(curve[name][i])}`).join(" ");
      image.append(svg("polyline", { points, stroke, fill: "none", "stroke-width": 1.6, "data-curve": name }));
    }
  }
  Object.entries(COLOURS).forEach(([name, fill], i) => {
    const label = { x: LEFT + 110 * i, y: HEIGHT - 4, fill, "font-size": 11 };
    image.append(svg("text", label, name.replace("_", " ")));
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
