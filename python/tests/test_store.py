"""Stored runs: trained, interrupted, found, asked, forked."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import groklab


def test_a_stored_run_is_the_run_of_memory(small, store, trained):
    run = groklab.train(small, store=store)
    assert run.id == trained.id and run.status == "finished"
    for name, tensor in trained.state_dict().items():
        np.testing.assert_array_equal(tensor, run.state_dict()[name])
    for name, column in trained.history.items():
        if name != "seconds":
            np.testing.assert_array_equal(column, run.history[name], err_msg=name)
    assert run.config == trained.config


def test_the_variable_names_the_store(small, store, monkeypatch):
    monkeypatch.setenv("GROKLAB_STORE", store.directory)
    run = groklab.train(small)
    assert list(groklab.open()) == [run.id]
    assert groklab.train(small, store=False).store is None


def test_what_is_done_is_not_done_twice(small, store):
    calls = []
    run = groklab.train(small, store=store)
    groklab.train(small, store=store.directory, callback=calls.append)
    assert not calls
    assert groklab.train(small, store=store, callback=calls.append, force=True).id == run.id
    assert len(calls) == 7


def test_callback_stops_and_training_goes_on(small, store, trained):
    run = groklab.train(small, store=store, callback=lambda record: record["step"] < 100)
    assert (run.status, run.step) == ("interrupted", 100)
    assert groklab.train(small, store=store).step == 300
    np.testing.assert_array_equal(store["last"].logits(), trained.logits())


def test_callback_looks_inside_a_stored_run(small, store):
    kept = []

    def look(record, run):
        assert run.logits().shape == (121, 11) and run.step == record["step"]
        with pytest.raises(groklab.ConfigError):
            run.train()
        with pytest.raises(groklab.ConfigError):
            run.load_state_dict(run.state_dict())
        kept.append(run)

    run = groklab.train(small, store=store, callback=look, measure={"spread": lambda run: run.logits().std()})
    assert run.history["spread"][-1] == run.logits().std()
    with pytest.raises(groklab.ConfigError, match="callback"):
        kept[0].logits()


def test_an_exception_leaves_a_run_that_goes_on(small, store, trained):
    with pytest.raises(ZeroDivisionError):
        groklab.train(small, store=store, callback=lambda record: 1 / (100 - record["step"]))
    assert store["last"].status == "interrupted"
    np.testing.assert_array_equal(groklab.train(small, store=store).logits(), trained.logits())


def test_ctrl_c_leaves_a_run_that_goes_on(small, store, interrupt_after):
    config = small | {"train": {"steps": 10**9, "evaluate_every": 10**8, "evaluate_per_decade": 0}}
    with interrupt_after(0.7), pytest.raises(KeyboardInterrupt):
        groklab.train(config, store=store)
    run = store["last"]
    assert run.status == "interrupted" and run.step > 0
    reached = run.step
    with interrupt_after(0.5), pytest.raises(KeyboardInterrupt):
        groklab.train(config, store=store)
    assert store["last"].step > reached


def test_a_real_ctrl_c_in_a_program(store):
    code = (
        "import groklab, sys\n"
        "print('ready', flush=True)\n"
        f"groklab.train(modulus=11, d_model=32, steps=10**9, evaluate_every=10**8, store={store.directory!r})"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert b"KeyboardInterrupt" in errors
    assert store["last"].status == "interrupted" and store["last"].step > 0


def test_runs_is_a_row_a_run(small, store):
    for decay in (0.0, 1.0):
        groklab.train(small, weight_decay=decay, store=store)
    groklab.train(small, modulus=7, steps=50, store=store)
    table = store.runs()
    assert table.n_rows == 3 and set(table["status"]) == {"finished"}
    assert sorted(table["optim.weight_decay"].tolist()) == [0.0, 1.0, 1.0]
    assert table["observed"].dtype == bool
    assert all((table["duration"] == table["t_grok"]) | ~table["observed"])
    assert (table["duration"][~table["observed"]] == table["step"][~table["observed"]]).all()
    assert store.runs("task.modulus = 7").n_rows == 1
    assert store.runs(modulus=11).n_rows == 2
    assert store.runs("optim.weight_decay > 0.5", modulus=11).n_rows == 1
    assert store.runs(operation="it's none").n_rows == 0
    with pytest.raises(groklab.StoreError, match="condition"):
        store.runs("nonsense ===")


def test_a_store_reads_like_a_dict(small, store):
    run = groklab.train(small, store=store)
    assert len(store) == 1 and run.id in store and store[run.id[:5]].id == run.id and "0" * 12 not in store
    with pytest.raises(groklab.StoreError):
        store["zzz"]


def test_states_of_the_past(small, store):
    run = groklab.train(small, store=store, checkpoint_every=100)
    assert [step for step, _, _ in store.checkpoints(run.id)] == [100, 200, 300]
    memory = groklab.Run(small).train(to=150)
    np.testing.assert_array_equal(run.at(150).logits(), memory.logits())


def test_fork_of_a_stored_run_is_stored(small, store):
    run = groklab.train(small, store=store)
    fork = run.fork(at=200, train_size=20, steps=60)
    assert fork.id not in store and fork.step == 0
    fork.train()
    assert store[fork.id].config["fork"] == {"run": run.id, "step": 200, "reset_optimizer": False}
    assert fork.step == 60 and np.isfinite(fork.history["removed_accuracy"]).all()
    direct = run.at(200).fork(train_size=20, steps=60).train()
    np.testing.assert_array_equal(direct.logits(), fork.logits())


def test_save_and_report(small, store):
    saved = groklab.train(small).save(store)
    assert saved.status == "finished"
    page = saved.report()
    assert page.startswith("<!") and saved.id in page and "vega" in page
    assert "srcdoc" in page._repr_html_()


def test_probe_results_are_stored(small, store):
    run = groklab.train(small, store=store, probe_every=2)
    assert [result["step"] for result in run.probe_results] == [0, 100, 200, 300]
    assert run.probe_results == groklab.train(small, probe_every=2).probe_results


def train_in(arguments):
    config, directory = arguments
    return groklab.train(config, store=directory).history["norm"][-1]


def test_spawned_processes_share_a_store(small, store):
    configs = [(small | {"seed": seed}, store.directory) for seed in range(3)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        norms = pool.map(train_in, configs)
    assert len(set(norms)) == 3 and len(store) == 3


@pytest.mark.skipif(os.geteuid() == 0 and not os.path.isdir("/proc"), reason="needs a place that cannot be written")
def test_a_store_that_cannot_be():
    with pytest.raises(groklab.Error):
        groklab.open("/proc/none/store")


def test_a_run_is_annotated_and_found_by_its_name(tmp_path):
    store = groklab.Store(str(tmp_path / "named"))
    run = groklab.train(store=store, operation="x^2*y + 3*y mod 7", d_model=8, n_heads=2, steps=20)
    assert run.config["task"]["operation"] == "x^2*y + 3*y" and run.config["task"]["modulus"] == 7
    store.annotate("last", name="mine", tags=["a", "b"], note="first")
    assert store["mine"].id == run.id
    assert list(store.runs("tag = 'a' and name = 'mine'")["id"]) == [run.id]
    store.annotate("mine", untags=["a"])
    assert not store.runs("tag = 'a'")
    with pytest.raises(groklab.ConfigError, match="at 5"):
        groklab.train(operation="x + z mod 7")
    with pytest.raises(groklab.ConfigError, match="last"):
        store.annotate("mine", name="last")
