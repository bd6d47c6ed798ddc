// groklab::Run and RunStore, the public surface: the same bits as the program, whatever way a run takes to its end.
#include "groklab/run.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>

#include "groklab/error.h"
#include "groklab/store.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

Config small(const std::vector<std::string>& settings = {}) {
  Config config = parse_config_text(
      "[task]\nmodulus = 7\n[split]\ntrain_size = 30\n[model]\nd_model = 8\nn_heads = 2\nd_mlp = 12\n"
      "[train]\nsteps = 60\nevaluate_every = 10\nevaluate_per_decade = 0\n",
      "test");
  for (const std::string& setting : settings) set_config_value(config, setting);
  return config;
}

/// A store of its own, gone with the test.
class StoreDirectory {
 public:
  StoreDirectory() : path_(fs::path(testing::TempDir()) / ("groklab_run_test_" + std::to_string(getpid()))) {
    fs::remove_all(path_);
  }
  ~StoreDirectory() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Every number of a record but the time that it took.
std::vector<double> numbers_of(const Record& r) {
  std::vector<double> all = {static_cast<double>(r.step), r.learning_rate, r.norm, r.gradient_norm, r.update_norm};
  for (const GroupMetrics* g : {&r.train, &r.test, &r.removed, &r.never_seen}) {
    if (g->rows == 0) continue;
    all.insert(all.end(), {static_cast<double>(g->rows), g->loss, g->accuracy, g->correct_logit,
                           g->correct_logit_centred, g->margin, g->margin_min, g->softmax_collapse});
  }
  all.insert(all.end(), r.tensor_norms.begin(), r.tensor_norms.end());
  return all;
}

std::vector<std::vector<double>> numbers_of(std::span<const Record> records) {
  std::vector<std::vector<double>> all;
  for (const Record& record : records) all.push_back(numbers_of(record));
  return all;
}

std::string text_of(std::span<const ProbeResult> results) {
  std::string text;
  for (const ProbeResult& result : results) text += probe_result_to_json(result).dump() + "\n";
  return text;
}

// Catches: other rows, another order of evaluation steps, records or probes that are missing.
TEST(Run, GivesTheBitsOfTheStoreWhateverTheThreads) {
  const StoreDirectory directory;
  RunStore store(directory.path());
  const Config config = small({"train.probe_every=3"});
  const StoreTrainingResult stored = store.train(config);
  for (const int threads : {1, 3}) {
    groklab::Run run(config, RunOptions{threads, false});
    EXPECT_EQ(run.train().status, RunStatus::kFinished);
    EXPECT_EQ(run.id(), stored.id);
    ASSERT_GE(run.records().size(), 7u);
    EXPECT_EQ(numbers_of(run.records()), numbers_of(store.records(stored.id)));
    EXPECT_EQ(text_of(run.probe_results()), text_of(store.probe_results(stored.id)));
    EXPECT_FALSE(run.probe_results().empty());
  }
}

TEST(Run, InPiecesItIsTheSameRun) {
  groklab::Run whole(small());
  whole.train();
  groklab::Run pieces(small());
  for (const std::int64_t step : {0, 3, 10, 17, 44}) {
    EXPECT_EQ(pieces.train_to(step).status, RunStatus::kRunning);
    EXPECT_EQ(pieces.step(), step);
  }
  groklab::Run moved = std::move(pieces);
  EXPECT_EQ(moved.train_to(1000).status, RunStatus::kFinished);
  EXPECT_EQ(numbers_of(moved.records()), numbers_of(whole.records()));
  EXPECT_THROW(moved.train_to(59), Error);
  EXPECT_EQ(moved.train().status, RunStatus::kFinished);  // done is done
  EXPECT_EQ(moved.records().size(), whole.records().size());
}

TEST(Run, AnObserverLooksStopsAndGoesOn) {
  groklab::Run whole(small());
  whole.train();
  groklab::Run run(small());
  std::vector<double> norms;
  const Outcome stopped = run.train([&](groklab::Run& self, const Record& record) {
    EXPECT_EQ(self.step(), record.step);
    EXPECT_EQ(self.logits(all_rows(self.task())).size(), 49u * 7u);
    EXPECT_THROW(self.train(), Error);
    norms.push_back(record.norm);
    return record.step == 20 ? Next::kStop : Next::kContinue;
  });
  EXPECT_EQ(stopped.status, RunStatus::kStopped);
  EXPECT_EQ(stopped.reason, "stopped by the observer");
  EXPECT_EQ(run.step(), 20);
  EXPECT_EQ(norms.size(), run.records().size());
  EXPECT_THROW(run.train([](groklab::Run&, const Record&) -> Next { throw std::runtime_error("mine"); }),
               std::runtime_error);
  EXPECT_EQ(run.outcome().status, RunStatus::kRunning);
  EXPECT_EQ(run.records().back().step, 20);
  EXPECT_EQ(run.train().status, RunStatus::kFinished);
  EXPECT_EQ(numbers_of(run.records()), numbers_of(whole.records()));
}

TEST(Run, IsStoppedBetweenTwoEvaluationStepsAndGoesOn) {
  const auto settings = std::vector<std::string>{"train.evaluate_every=60"};
  groklab::Run whole(small(settings)), run(small(settings));
  whole.train();
  const auto progress = [](std::int64_t step) { return step >= 1 ? Next::kStop : Next::kContinue; };
  EXPECT_EQ(run.train({}, progress).status, RunStatus::kStopped);
  EXPECT_GT(run.step(), 0);
  EXPECT_LT(run.step(), 60);
  EXPECT_EQ(run.train().status, RunStatus::kFinished);
  EXPECT_EQ(numbers_of(run.records()), numbers_of(whole.records()));
}

/// Half of `factor` times the squared norm, of all tensors.
PenaltyGradient squared_penalty(double factor, int* calls = nullptr) {
  return [=](const std::vector<NamedTensor>& weights) {
    if (calls != nullptr) ++*calls;
    std::vector<NamedTensor> gradient = weights;
    for (NamedTensor& tensor : gradient) {
      for (double& value : tensor.values) value *= factor;
    }
    return gradient;
  };
}

// Fails if the penalty comes after the optimiser, twice, at other weights, or is missing in one update.
TEST(Run, AnOwnPenaltyIsTheLibrarysOwnSaidAsAFunction) {
  const auto double_precision = [](std::vector<std::string> settings) {
    settings.push_back("train.precision=float64");
    return small(settings);
  };
  groklab::Run decay(double_precision({"optim.kind=adam", "optim.weight_decay=0.5"}));
  groklab::Run own(double_precision({"optim.kind=adam", "optim.weight_decay=0"}));
  int calls = 0;
  own.set_penalty(squared_penalty(0.5, &calls));
  decay.train();
  own.train();
  EXPECT_EQ(calls, 60);
  for (const TensorShape& tensor : own.tensors()) {
    const std::vector<double> a = own.weights(tensor.name), b = decay.weights(tensor.name);
    // A sum that is rounded once more, 1e-16, which Adam passes on through 60 steps of 1e-3 from g / |g|.
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-9) << tensor.name;
  }
  EXPECT_TRUE(std::isnan(own.records().back().objective));
  EXPECT_FALSE(std::isnan(decay.records().back().objective));

  groklab::Run l1(small({"penalty.l1.weight=0.01"})), sign(small());
  sign.set_penalty([](std::vector<NamedTensor> weights) {
    for (NamedTensor& tensor : weights) {
      for (double& value : tensor.values) value = value > 0 ? 0.01 : value < 0 ? -0.01 : 0;
    }
    return weights;
  });
  l1.train();
  sign.train();
  EXPECT_EQ(numbers_of(sign.records()), numbers_of(l1.records()));  // the same sums, to the bit
}

// Fails if a penalty that threw has left half an update behind, or stays when it was taken away.
TEST(Run, APenaltyThatThrowsLeavesTheRunBetweenTwoUpdates) {
  for (const std::string kind : {"adamw", "sam", "muon"}) {
    groklab::Run plain(small({"optim.kind=" + kind})), run(small({"optim.kind=" + kind}));
    plain.train();
    const int gradients = kind == "sam" ? 2 : 1;
    for (const int call : {25 * gradients, 25 * gradients - gradients + 1}) {  // the last, the first of an update
      int calls = 0;
      run.restore(groklab::Run(small({"optim.kind=" + kind})).state());
      run.set_penalty([&](const std::vector<NamedTensor>&) -> std::vector<NamedTensor> {
        if (++calls == call) throw std::runtime_error("mine");
        return {};
      });
      EXPECT_THROW(run.train(), std::runtime_error);
      EXPECT_EQ(run.step(), 24) << kind;
      run.set_penalty({});
      EXPECT_EQ(run.train().status, RunStatus::kFinished);
      EXPECT_EQ(numbers_of(run.records().back()), numbers_of(plain.records().back())) << kind;
    }
  }
}

TEST(Run, AnOwnPenaltyIsCheckedAndLeavesTheRunAlone) {
  groklab::Run run(small());
  const auto refused = [&](const PenaltyGradient& penalty, const std::string& text) {
    run.set_penalty(penalty);
    try {
      run.train();
      ADD_FAILURE() << "expected: " << text;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    }
    EXPECT_EQ(run.step(), 0);
  };
  refused([](const auto&) { return std::vector<NamedTensor>{{"W", {1}, {1}}}; }, "found W");
  refused(
      [](const auto&) {
        return std::vector<NamedTensor>(2, {"unembed.W_U", {8, 7}, std::vector<double>(56)});
      },
      "each once, found unembed.W_U");
  refused(
      [](const auto&) {
        return std::vector<NamedTensor>{{"unembed.W_U", {7, 8}, std::vector<double>(56)}};
      },
      "of shape [8, 7] (56 values), found [7, 8] (56)");
  const std::vector<std::pair<std::string, std::function<void()>>> calls = {
      {"logits", [&] { run.logits(all_rows(run.task())); }},
      {"measure", [&] { run.measure(); }},
      {"gradient", [&] { run.gradient(); }},
      {"state", [&] { static_cast<void>(run.state()); }},
      {"fork", [&] { static_cast<void>(run.fork({})); }},
      {"probe", [&] { run.probe(probe_set("circuits")); }},
      {"weights", [&] { run.set_weights("unembed.W_U", std::vector<double>(56)); }},
      {"train", [&] { run.train(); }}};
  for (const auto& [name, call] : calls) {
    refused(
        [&call = call](const std::vector<NamedTensor>& weights) {
          call();
          return weights;
        },
        name + ": expected a run that is");
  }
  run.set_penalty([](std::vector<NamedTensor> weights) {
    weights[0].values[0] = std::nan("");
    return weights;
  });
  EXPECT_EQ(run.train().status, RunStatus::kDiverged);
}

TEST(Run, WhatTrainedWithAnOwnPenaltyGoesIntoNoStore) {
  const StoreDirectory directory;
  RunStore store(directory.path());
  groklab::Run run(small());
  const RunState start = run.state();
  run.set_penalty(squared_penalty(0.1));
  run.train_to(5);
  EXPECT_THROW(store.save(run), Error);
  groklab::Run fork = run.fork({});
  EXPECT_THROW(store.save(fork), Error);
  run.restore(start);
  run.set_penalty({});
  run.train();
  EXPECT_NO_THROW(store.save(run));
}

TEST(Run, GoesBackToAStateAndOnToTheSameBits) {
  groklab::Run run(small());
  run.train_to(25);
  const RunState state = run.state();
  run.train();
  const auto all = numbers_of(run.records());
  groklab::Run other(small());
  other.restore(state);
  EXPECT_EQ(other.step(), 25);
  other.train();
  EXPECT_EQ(numbers_of(other.records().back()), all.back());
  run.restore(state);
  EXPECT_EQ(run.records().back().step, 20);
  run.train();
  EXPECT_EQ(numbers_of(run.records()), all);
  groklab::Run wider(small({"model.d_model=16"}));
  EXPECT_THROW(wider.restore(state), Error);
  RunState broken = state;
  broken.bytes.pop_back();
  EXPECT_THROW(run.restore(broken), Error);
  broken.bytes.clear();
  EXPECT_THROW(run.restore(broken), Error);
}

// Catches: rows that are not nested, optimiser memory that is lost, another way of counting steps than the program's.
TEST(Run, ForksAsTheStoreDoes) {
  const StoreDirectory directory;
  RunStore store(directory.path());
  const std::string parent = store.train(small({"train.steps=30"})).id;
  for (const char* changes : {"split.train_size=12", "train.precision=float64", "fork.reset_optimizer=true"}) {
    Config config = small({"train.steps=30", changes});
    config.fork.run = parent;
    config.fork.step = 30;
    const std::string child = store.train(config).id;
    groklab::Run run(small({"train.steps=30"}));
    run.train();
    groklab::Run fork = run.fork({changes});
    EXPECT_EQ(fork.step(), 0);
    fork.train();
    EXPECT_EQ(fork.id(), child);
    EXPECT_EQ(numbers_of(fork.records()), numbers_of(store.records(child))) << changes;
  }
  groklab::Run run(small());
  const groklab::Run fork = run.fork({"split.train_size=12"});
  for (const std::int64_t row : fork.split().train) {
    EXPECT_EQ(run.split().role[static_cast<std::size_t>(row)], RowRole::kTrain);
  }
  EXPECT_THROW(run.fork({"model.d_model=16"}), Error);
  EXPECT_THROW(run.fork({"optim.kind=sgd"}), Error);
}

TEST(Run, TakesAnOwnTableAndOwnRows) {
  RunParts parts;
  parts.task = task_of_operation("max", 5, [](std::int64_t x, std::int64_t y) { return std::max(x, y); });
  parts.train_rows = {24, 0, 7};
  groklab::Run run(small(), parts);
  EXPECT_EQ(run.task().labels[5 * 2 + 4], 4);
  EXPECT_EQ(run.split().train, (std::vector<std::int64_t>{0, 7, 24}));
  EXPECT_EQ(run.train().status, RunStatus::kFinished);
  EXPECT_EQ(run.records().back().train.rows, 3);
  EXPECT_EQ(run.records().back().test.rows, 22);
  const std::string id = run.id();
  parts.task->labels[3] = 0;
  EXPECT_NE(groklab::Run(small(), parts).id(), id);  // the name follows the contents
  parts.task->labels[3] = 3;
  EXPECT_EQ(groklab::Run(small(), parts).id(), id);
  groklab::Run fork = run.fork({"train.steps=5"});
  EXPECT_EQ(fork.split().train, run.split().train);
  EXPECT_EQ(run.fork({"split.train_size=4"}).split().train.size(), 4u);
  EXPECT_THROW(run.fork({"task.modulus=5"}), Error);
}

TEST(Run, RefusesPartsThatDoNotFit) {
  const auto refuses = [](RunParts parts) { EXPECT_THROW(groklab::Run(small(), std::move(parts)), Error); };
  RunParts parts;
  parts.train_rows = {0, 49};
  refuses(parts);
  parts.train_rows = {1, 1};
  refuses(parts);
  parts = {};
  parts.task = task_of_operation("max", 5, [](std::int64_t x, std::int64_t y) { return std::max(x, y); });
  parts.task->labels[3] = 5;
  refuses(parts);
  parts.task->labels.pop_back();
  refuses(parts);
  parts = {};
  parts.weights = {{"embed.W_E", {8, 9}, std::vector<double>(72)}};
  refuses(parts);
  parts.weights = {{"embed.W_X", {8}, std::vector<double>(8)}};
  refuses(parts);
  EXPECT_THROW(task_of_operation("bad", 3, [](std::int64_t, std::int64_t) { return 3; }), Error);
  EXPECT_THROW(task_of_operation("empty", 3, [](std::int64_t, std::int64_t) { return -1; }), Error);
  Config fork = small();
  fork.fork.run = "0123456789ab";
  EXPECT_THROW(groklab::Run run(fork), Error);
}

TEST(Run, ShowsAndTakesWeights) {
  groklab::Run run(small({"train.precision=float64"}));
  std::int64_t count = 0;
  for (const TensorShape& tensor : run.tensors()) {
    EXPECT_EQ(static_cast<std::int64_t>(run.weights(tensor.name).size()), tensor.size);
    EXPECT_EQ(std::accumulate(tensor.shape.begin(), tensor.shape.end(), std::int64_t{1}, std::multiplies<>()),
              tensor.size);
    count += tensor.size;
  }
  EXPECT_GT(count, 500);
  const std::vector<std::int64_t> rows = {3, 40};
  const std::vector<double> before = run.logits(rows);
  EXPECT_EQ(static_cast<std::int64_t>(before.size()), 2 * run.logit_columns());
  std::vector<double> weights = run.weights("unembed.W_U");
  for (double& weight : weights) weight *= 2;
  run.set_weights("unembed.W_U", weights);
  EXPECT_EQ(run.weights("unembed.W_U"), weights);
  const std::vector<double> after = run.logits(rows);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i], 2 * before[i], 1e-12);
  EXPECT_THROW(run.set_weights("unembed.W_U", std::vector<double>(3)), Error);
  EXPECT_THROW(run.weights("no.such"), Error);
  EXPECT_THROW(run.logits(std::vector<std::int64_t>{49}), Error);
}

TEST(Run, GradientIsThatOfTheLoss) {
  groklab::Run run(small({"train.precision=float64"}));
  const LossGradient exact = run.gradient();
  EXPECT_EQ(exact.loss, run.measure().train.loss);
  EXPECT_EQ(exact.gradient.size(), run.tensors().size());
  for (const NamedTensor& tensor : exact.gradient) {
    const std::vector<double> weights = run.weights(tensor.name);
    const auto loss_at = [&](double change) {
      std::vector<double> changed = weights;
      changed[1] += change;
      run.set_weights(tensor.name, changed);
      return run.measure().train.loss;
    };
    // h = 1e-5: error h^2 times the third derivative, and 1e-16 / h of rounding.
    const double difference = (loss_at(1e-5) - loss_at(-1e-5)) / 2e-5;
    run.set_weights(tensor.name, weights);
    EXPECT_NEAR(tensor.values[1], difference, 1e-8) << tensor.name;
  }
}

TEST(Run, ImportsWeightsThatItWrote) {
  const StoreDirectory directory;
  fs::create_directories(directory.path());
  const std::string file = (directory.path() / "weights.safetensors").string();
  for (const char* architecture : {"transformer", "mlp"}) {
    groklab::Run run(small({std::string("model.architecture=") + architecture, "train.precision=float64"}));
    run.train_to(20);
    write_weights(file, {run.all_weights(), {}});
    Config config;  // says nothing of the shape but the architecture
    set_config_value(config, "task.modulus=7");
    set_config_value(config, std::string("model.architecture=") + architecture);
    set_config_value(config, "train.precision=float64");
    set_config_value(config, "split.train_size=30");
    groklab::Run imported = groklab::Run::from_weights(read_weights(file), config);
    EXPECT_EQ(numbers_of(imported.measure()).at(2), run.records().back().norm) << architecture;
    EXPECT_EQ(imported.logits(all_rows(imported.task())), run.logits(all_rows(run.task()))) << architecture;
    EXPECT_EQ(imported.measure().train.rows, 30);
  }
  WeightFile wrong = read_weights(file);
  wrong.tensors.pop_back();
  EXPECT_THROW(groklab::Run::from_weights(wrong), Error);
  EXPECT_THROW(read_weights(file + ".none"), Error);
}

cpu_set_t cores_now() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  EXPECT_EQ(sched_getaffinity(0, sizeof(cores), &cores), 0);
  return cores;
}

// Catches: a run that binds the thread of its host program, which a Python interpreter would never get free again.
TEST(Run, LeavesTheCallersThreadAlone) {
  const cpu_set_t before = cores_now();
  groklab::Run run(small(), RunOptions{2, false});
  run.train([&](groklab::Run&, const Record&) {
    const cpu_set_t now = cores_now();
    EXPECT_TRUE(CPU_EQUAL(&before, &now));
    return Next::kContinue;
  });
  const cpu_set_t after = cores_now();
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

TEST(RunStore, StopsAndGoesOn) {
  const StoreDirectory directory;
  RunStore store(directory.path());
  StoreTrainingOptions options;
  options.observer = [](const Record& record) { return record.step == 20 ? Next::kStop : Next::kContinue; };
  const StoreTrainingResult first = store.train(small(), options);
  EXPECT_EQ(first.outcome.status, RunStatus::kInterrupted);
  EXPECT_EQ(store.run("last").step, 20);
  EXPECT_EQ(store.train(small()).outcome.status, RunStatus::kFinished);
  EXPECT_TRUE(store.train(small()).was_done);
  groklab::Run run(small());
  run.train();
  EXPECT_EQ(numbers_of(store.records(first.id)), numbers_of(run.records()));
  EXPECT_EQ(store.runs().size(), 1u);
  EXPECT_EQ(store.checkpoints("last").back().step, 60);
}

TEST(RunStore, ShowsTheRunThatItTrains) {
  const StoreDirectory directory;
  RunStore store(directory.path());
  StoreTrainingOptions options;
  std::vector<double> logits;
  options.run_observer = [&](groklab::Run& run, const Record& record) {
    EXPECT_EQ(run.step(), record.step);
    EXPECT_THROW(run.train(), Error);
    EXPECT_THROW(run.set_weights("embed.W_E", run.weights("embed.W_E")), Error);
    logits = run.logits(all_rows(run.task()));
    return record.step == 20 ? Next::kStop : Next::kContinue;
  };
  EXPECT_EQ(store.train(small(), options).outcome.status, RunStatus::kInterrupted);
  groklab::Run run(small());
  run.train_to(20);
  EXPECT_EQ(run.logits(all_rows(run.task())), logits);
  StoreTrainingOptions stopped;
  stopped.progress = [](std::int64_t) { return Next::kStop; };
  EXPECT_EQ(store.train(small(), stopped).outcome.step, 20);
  run.train();
  store.train(small());
  EXPECT_EQ(numbers_of(store.records("last")), numbers_of(run.records()));
}

TEST(RunStore, LoadsAnyStepAndSavesWhatItLoaded) {
  const StoreDirectory directory;
  groklab::Run whole(small());
  whole.train();
  groklab::Run half(small());
  half.train_to(30);
  RunStore store(directory.path());
  store.save(half);
  EXPECT_EQ(store.run(half.id()).status, RunStatus::kInterrupted);
  EXPECT_THROW(store.save(half), Error);
  for (const std::int64_t step : {-1, 30, 13}) {  // 13 is computed again
    groklab::Run loaded = store.load(half.id().substr(0, 6), step);
    EXPECT_EQ(loaded.step(), step < 0 ? 30 : step);
    EXPECT_EQ(loaded.records().back().step, step == 13 ? 10 : 30);
    loaded.train();
    EXPECT_EQ(numbers_of(loaded.records()), numbers_of(whole.records())) << step;
  }
  EXPECT_EQ(store.train(small()).outcome.status, RunStatus::kFinished);  // goes on from step 30
  EXPECT_EQ(numbers_of(store.records(half.id())), numbers_of(whole.records()));
  EXPECT_THROW(store.load("ffff"), Error);
}

TEST(RunStore, RefusesRunsThatItCouldNotComputeAgain) {
  const StoreDirectory directory;
  RunStore store(directory.path());
  groklab::Run run(small());
  const RunState start = run.state();
  groklab::Run changed = run.fork({});
  EXPECT_THROW(store.save(changed), Error);  // its parent is not there
  run.set_weights("unembed.W_U", run.weights("unembed.W_U"));
  EXPECT_THROW(store.save(run), Error);
  run.restore(start);
  store.save(run);
  RunParts parts;
  parts.train_rows = {0, 1, 2};
  EXPECT_THROW(store.save(groklab::Run(small(), parts)), Error);
}

}  // namespace
}  // namespace groklab
