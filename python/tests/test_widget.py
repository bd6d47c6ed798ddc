"""The model behind the live widget, without a browser, and what its script says."""

import shutil
import subprocess

import numpy as np
import pytest

import groklab

pytest.importorskip("anywidget")
from groklab.widget import Live  # noqa: E402


@pytest.fixture
def long(small):
    """Not done before someone stops it."""
    return small | {"train": small["train"] | {"steps": 1_000_000}}


def press(live, do, **content):
    """What the script sends when a button is pressed."""
    live._handle_custom_msg({"do": do, **content}, [])


def until_trained(live, step):
    import time

    for _ in range(600):
        if live.curves[-1]["step"] and live.curves[-1]["step"][-1] >= step:
            return
        time.sleep(0.05)
    raise AssertionError(f"no curve up to step {step}: {live.message}")


def test_it_trains_to_the_same_bits(small, trained):
    live = Live(small)
    run = live.wait()
    assert run.status == "finished" and not live.training and live.ended
    for name, values in trained.state_dict().items():
        np.testing.assert_array_equal(run.state_dict()[name], values)
    (curve,) = live.curves
    assert curve["name"] == run.id and curve["start"] == 0
    assert curve["step"] == trained.history["step"].tolist()
    np.testing.assert_allclose(curve["test_accuracy"], trained.history["test_accuracy"], atol=1e-4)
    assert live.message == f"run {run.id}: finished at step 300"


def test_stop_and_go_on(long, small):
    live = Live(long)
    assert live.training
    until_trained(live, 100)
    press(live, "stop")
    run = live.wait()
    assert not live.training and not live.ended and run.status == "stopped"
    step = run.step
    press(live, "go on")
    assert live.training
    until_trained(live, step + 100)
    live.stop()
    steps = live.curves[-1]["step"]
    assert steps == sorted(set(steps))
    expected = groklab.Run(long).train(to=run.step)
    np.testing.assert_array_equal(run.state_dict()["embed.W_E"], expected.state_dict()["embed.W_E"])


def test_fork_begins_where_its_parent_stands(long):
    live = Live(long)
    until_trained(live, 50)
    press(live, "fork", changes="train_size=30 steps=100")
    fork = live.wait()
    parent = live.runs[0]
    assert len(live.runs) == 2 and fork is live.run and fork.status == "finished"
    assert len(fork.split.train) == 30 and parent.status == "stopped"
    first, second = live.curves
    assert first["start"] == 0 and second["start"] == parent.step
    assert second["step"][0] == 0 and second["step"][-1] == 100


@pytest.mark.parametrize("changes", ["train_size", "'", "nonsense=1", "train_size=9999", "d_model=7"])
def test_a_fork_that_cannot_be_is_said_and_changes_nothing(small, changes):
    live = Live(small)
    live.wait()
    press(live, "fork", changes=changes)
    assert len(live.runs) == 1 and len(live.curves) == 1 and not live.training
    assert "expected" in live.message or "unknown key" in live.message


def test_messages_that_mean_nothing(small):
    live = Live(small, start=False)
    for content in (None, [], {}, {"do": 3}, {"do": "train"}):
        live._handle_custom_msg(content, [])
    assert not live.training and live.run.step == 0


def test_what_a_training_throws_is_said(small):
    live = Live(groklab.Run(small, penalty=lambda weights: 1 / 0))
    live.wait()
    assert live.message == "ZeroDivisionError: division by zero" and not live.training


def test_a_run_and_keys_together_are_refused(small):
    with pytest.raises(groklab.ConfigError, match="Live: expected a run or configuration keys"):
        Live(groklab.Run(small), seed=3)


def test_long_curves_are_thinned_and_keep_their_ends(small):
    live = Live(small | {"train": {"steps": 900, "evaluate_every": 1, "evaluate_per_decade": 0}})
    live.wait()
    steps = live.curves[0]["step"]
    assert len(steps) == 400 and steps[0] == 0 and steps[-1] == 900


def test_the_script_loads_nothing(small):
    script = Live(small, start=False)._esm
    text = str(script)
    assert "export default { render }" in text
    assert "import" not in text and "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text and "innerHTML" not in text


def test_the_script_draws_and_sends(small, tmp_path):
    """In node, with a document that keeps what it is told."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here")
    (tmp_path / "widget.mjs").write_text(str(Live(small, start=False)._esm))
    (tmp_path / "test.mjs").write_text(SCRIPT_TEST)
    result = subprocess.run([node, tmp_path / "test.mjs"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


SCRIPT_TEST = """
import assert from "node:assert";
class Element {
  constructor(name) { Object.assign(this, { name, attributes: {}, children: [], style: {} }); }
  setAttribute(key, value) { this.attributes[key] = String(value); }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  find(name) { return [...(this.name === name ? [this] : []), ...this.children.flatMap((c) => c.find(name))]; }
}
globalThis.document = { createElement: (n) => new Element(n), createElementNS: (_, n) => new Element(n) };
const { default: widget } = await import("./widget.mjs");
const state = { curves: [], training: true, ended: false, message: "step 3" };
const listeners = {}, sent = [];
const model = {
  get: (name) => state[name], send: (content) => sent.push(content),
  on: (event, f) => { listeners[event] = f; }, off: (event) => { delete listeners[event]; },
};
const el = new Element("div");
const close = widget.render({ model, el });
const [toggle, fork] = el.find("button"), [field] = el.find("input");
assert.equal(toggle.textContent, "stop");
toggle.onclick();
state.curves = [
  { start: 0, step: [0, 100], train_accuracy: [0, 1], test_accuracy: [0, 0.5] },
  { start: 100, step: [0, 50], train_accuracy: [1, 1], test_accuracy: [0.5, 0] },
];
Object.assign(state, { training: false });
listeners["change:curves"]();
const lines = el.find("polyline");
assert.equal(lines.length, 4);
assert.equal(lines[0].attributes.points.split(" ")[0], "44,206");  // step 0, accuracy 0
assert.equal(lines[3].attributes.points.split(" ").at(-1), "596,206");  // step 150, the last; accuracy 0
assert.equal(lines[2].attributes.points.split(" ")[0], lines[0].attributes.points.split(" ").at(-1));  // joined
assert.equal(toggle.textContent, "go on");
toggle.onclick();
field.value = "train_size=30";
fork.onclick();
assert.deepEqual(sent, [{ do: "stop" }, { do: "go on" }, { do: "fork", changes: "train_size=30" }]);
state.ended = true;
listeners["change:ended"]();
assert.equal(toggle.disabled, true);
close();
assert.deepEqual(Object.keys(listeners), []);
"""
