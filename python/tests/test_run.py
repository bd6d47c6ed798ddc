"""Runs in memory: training, looking inside, forks, own parts."""

import sys
import threading
import time

import numpy as np
import pytest

import groklab


def test_history_is_tidy(trained):
    history = trained.history
    assert history["step"].tolist() == [0, 50, 100, 150, 200, 250, 300]
    assert history["step"].dtype == np.int64 and history["test_loss"].dtype == np.float64
    assert {"train_accuracy", "never_seen_loss", "norm", "norm:embed.W_E"} <= set(history)
    assert all(len(column) == 7 for column in history.values())
    assert trained.status == "finished" and trained.step == 300


def test_history_goes_to_frames(trained):
    pandas = pytest.importorskip("pandas")
    assert isinstance(trained.history.to_pandas(), pandas.DataFrame)
    assert trained.history.to_pandas()["step"].iloc[-1] == 300
    polars = pytest.importorskip("polars")
    assert trained.history.to_polars().select(polars.col("step").max()).item() == 300
    pytest.importorskip("xarray")
    assert float(trained.history.to_xarray()["norm"].sel(step=300)) == trained.history["norm"][-1]


def test_a_run_is_the_same_every_time_and_with_more_threads(small, trained):
    again = groklab.train(small, threads=2)
    assert again.id == trained.id
    for name, tensor in trained.state_dict().items():
        np.testing.assert_array_equal(tensor, again.state_dict()[name])
    for name, column in trained.history.items():
        if name != "seconds":
            np.testing.assert_array_equal(column, again.history[name], err_msg=name)


def test_logits_give_the_records_accuracy_and_loss(trained):
    logits, split = trained.logits(), trained.split
    assert logits.shape == (121, 11)
    true = logits[np.arange(121), split.labels]
    loss = np.log(np.exp(logits).sum(axis=1)) - true
    assert loss[split.train].mean() == pytest.approx(trained.history["train_loss"][-1], rel=1e-4)
    right = logits.argmax(axis=1) == split.labels
    assert right[split.test].mean() == pytest.approx(trained.history["test_accuracy"][-1])
    np.testing.assert_array_equal(trained.logits([5, 3]), logits[[5, 3]])
    np.testing.assert_array_equal(trained.logits(split.train_mask), logits[split.train])


@pytest.mark.parametrize("rows", [[121], [-1], [0.5], [[1]], ["a"]])
def test_rows_that_are_not_there(trained, rows):
    with pytest.raises(groklab.InputError):
        trained.logits(rows)


def test_split_and_task_agree(trained, small):
    split, task = trained.split, groklab.task(small)
    for name in ("inputs", "labels", "test_labels", "train", "role"):
        np.testing.assert_array_equal(getattr(split, name), getattr(task, name))
    assert len(task.train) == int(0.6 * 121) and task.train_mask.sum() == len(task.train)
    assert sorted([*task.train, *task.test]) == list(range(121))
    np.testing.assert_array_equal((task.x + task.y) % 11, task.labels)


def test_state_dict_goes_to_torch_without_a_copy(trained):
    state = trained.state_dict()
    assert state["embed.W_E"].dtype == np.float32 and state["blocks.0.attn.W_Q"].shape == (2, 32, 16)
    torch = pytest.importorskip("torch")
    tensor = torch.from_dlpack(state["embed.W_E"])
    assert tensor.data_ptr() == state["embed.W_E"].ctypes.data
    norm = np.sqrt(sum((values.astype(np.float64) ** 2).sum() for values in state.values()))
    assert norm == pytest.approx(trained.history["norm"][-1], rel=1e-6)


def test_a_float64_run_gives_float64(small):
    assert groklab.Run(small, precision="float64").state_dict()["embed.W_E"].dtype == np.float64


def test_gradient_is_the_losses_slope(small):
    run = groklab.Run(small, precision="float64")
    loss, gradient = run.gradient()
    weights, step = run.state_dict()["unembed.W_U"], 1e-6
    moved = weights.copy()
    moved[3, 4] += step
    run.load_state_dict({"unembed.W_U": moved})
    slope = (run.measure()["train_loss"] - loss) / step
    assert slope == pytest.approx(gradient["unembed.W_U"][3, 4], rel=1e-3, abs=1e-8)


def test_callback_sees_records_and_stops(small):
    seen = []
    run = groklab.train(small, callback=lambda record: seen.append(record) or record["step"] < 100)
    assert [record["step"] for record in seen] == [0, 50, 100]
    assert run.status == "stopped" and run.step == 100
    assert {name for name in seen[0]} == set(run.history)
    run.train()
    assert run.status == "finished" and run.step == 300


def test_going_on_leads_to_the_same_bits(small, trained):
    run = groklab.Run(small)
    for step in (1, 70, 100):
        assert run.train(to=step).step == step
    run.train()
    for name, tensor in trained.state_dict().items():
        np.testing.assert_array_equal(tensor, run.state_dict()[name])


def test_callback_and_measure_look_inside(small):
    def symmetric(run):
        answers = run.logits().argmax(axis=1).reshape(11, 11)
        return (answers == answers.T).mean()

    def stop(record, run):
        assert run.step == record["step"] and run.state_dict()["embed.W_E"].any()
        return record["symmetric"] < 1.0

    run = groklab.train(small, measure={"symmetric": symmetric}, callback=stop)
    measured = run.history["symmetric"]
    assert len(measured) == len(run.history["step"]) and np.isfinite(measured).all()
    assert measured[-1] == symmetric(run)


def test_an_exception_passes_through_and_the_run_goes_on(small, trained):
    run = groklab.Run(small)
    with pytest.raises(ZeroDivisionError):
        run.train(callback=lambda record: 1 / (100 - record["step"]))
    assert run.step == 100
    assert run.train().history["norm"][-1] == trained.history["norm"][-1]


def test_ctrl_c_stops_between_steps_and_the_run_goes_on(small, interrupt_after):
    run = groklab.Run(small, steps=10**9, evaluate_every=10**8)
    with interrupt_after(0.5), pytest.raises(KeyboardInterrupt):
        run.train()
    reached = run.step
    assert reached > 0
    assert run.train(to=reached + 10).step == reached + 10


def test_other_threads_run_while_one_trains(small):
    run, ticks = groklab.Run(small, steps=10**9, evaluate_every=10**8), []
    worker = threading.Thread(target=run.train, kwargs={"to": 20000})
    worker.start()
    while worker.is_alive():
        ticks.append(time.monotonic())
        time.sleep(0.01)
    assert len(ticks) > 5 and run.step == 20000


def test_two_threads_may_ask_one_run(trained):
    expected, wrong = trained.logits(), []

    def ask():
        for _ in range(20):
            if not np.array_equal(trained.logits(), expected):
                wrong.append(1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_probes_are_plain_data(trained):
    assert 0 <= trained.probe("circuits")["invariant_fraction"] <= 1
    both = trained.probe("circuits,frequencies")
    assert len(both["frequencies"]["names"]) == 5
    with pytest.raises(groklab.ConfigError, match="circuits"):
        trained.probe("nonsense")


def test_fork_starts_from_the_weights(trained):
    fork = trained.fork(train_size=20)
    assert fork.step == 0 and len(fork.split.train) == 20
    assert set(fork.split.train) <= set(trained.split.train)
    np.testing.assert_array_equal(fork.state_dict()["embed.W_E"], trained.state_dict()["embed.W_E"])
    assert fork.train(to=50).history["removed_accuracy"].shape == (2,)
    assert (fork.split.role == 1).sum() == len(trained.split.train) - 20


def test_fork_at_an_earlier_step(small, trained):
    earlier = groklab.Run(small).train(to=150)
    fork = trained.fork(at=150, train_size=20)
    np.testing.assert_array_equal(fork.state_dict()["embed.W_E"], earlier.state_dict()["embed.W_E"])
    with pytest.raises(groklab.ConfigError):
        trained.fork(d_model=64)


def test_own_operation_as_function_and_as_labels(small):
    run = groklab.train(small, operation=max, n_symbols=7, steps=50)
    x, y = run.split.x, run.split.y
    np.testing.assert_array_equal(np.maximum(x, y), run.split.labels)
    assert run.split.name == "max" and run.split.n_rows == 49
    labels = np.array([[max(a, b) for b in range(7)] for a in range(7)])
    same = groklab.train(small, operation=labels, steps=50)
    assert same.id == run.id
    np.testing.assert_array_equal(same.logits(), run.logits())


@pytest.mark.parametrize(
    "operation", [np.zeros((2, 3), int), np.zeros(4, int), np.full((3, 3), 3), np.full((3, 3), -1), np.zeros((3, 3))]
)
def test_operations_that_are_none(small, operation):
    with pytest.raises(groklab.InputError):
        groklab.Run(small, operation=operation)


def test_an_operation_may_raise(small):
    with pytest.raises(ZeroDivisionError):
        groklab.Run(small, operation=lambda x, y: x // y, n_symbols=5)
    with pytest.raises(groklab.InputError, match="n_symbols"):
        groklab.Run(small, operation=min)


def test_own_rows(small):
    run = groklab.Run(small, train_rows=[3, 1, 99])
    assert run.split.train.tolist() == [1, 3, 99]
    mask = np.zeros(121, bool)
    mask[[1, 3, 99]] = True
    assert groklab.Run(small, train_rows=mask).id == run.id
    for rows in ([1, 1], [121], [-1]):
        with pytest.raises(groklab.InputError):
            groklab.Run(small, train_rows=rows)


def test_own_weights(small, trained):
    run = groklab.Run(small, weights=trained.state_dict())
    np.testing.assert_array_equal(run.logits(), trained.logits())
    with pytest.raises(groklab.InputError, match="embed.W_E"):
        groklab.Run(small, weights={"embed.W_E": np.zeros((2, 2))})
    with pytest.raises(groklab.InputError, match="expected one of"):
        groklab.Run(small, weights={"embed": np.zeros((2, 2))})


def test_own_parts_go_into_no_store(small, tmp_path):
    with pytest.raises(groklab.ConfigError, match="store"):
        groklab.train(small, store=tmp_path, train_rows=[1, 2])


def test_altair_goes_on_from_a_plot(trained):
    altair = pytest.importorskip("altair")
    chart = altair.Chart.from_dict(trained.plot().spec).properties(title="mine")
    assert chart.to_dict()["title"] == "mine" and len(chart.to_dict()["vconcat"]) == 2


@pytest.mark.parametrize("has_tqdm", [True, False])
def test_progress(small, has_tqdm, monkeypatch, capsys):
    if has_tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    run = groklab.train(small, store=False, progress=True)
    out, err = capsys.readouterr()
    assert ("300/300" in err) if has_tqdm else ("step 300 of 300" in out)
    np.testing.assert_array_equal(run.history["norm"], groklab.train(small, store=False).history["norm"])


def test_plot_is_vega_lite(trained):
    bundle = trained.plot()._repr_mimebundle_()
    spec = bundle["application/vnd.vegalite.v5+json"]
    assert spec["$schema"].endswith("v5.json") and len(spec["vconcat"]) == 2
    values = spec["vconcat"][0]["data"]["values"]
    assert {value["curve"] for value in values} == {"train", "test"} and len(values) == 2 * 6
    assert len(trained.plot("norm", log_step=False).spec["vconcat"][0]["data"]["values"]) == 7
    with pytest.raises(groklab.InputError, match="nothing"):
        trained.plot("nothing")


def test_divergence_is_a_status(small):
    run = groklab.train(small | {"optim": {"kind": "sgd", "learning_rate": 1e30, "weight_decay": 0.0}})
    assert run.status == "diverged" and "diverged" in run.reason
