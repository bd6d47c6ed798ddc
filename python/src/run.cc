// Run for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "groklab/probes.h"
#include "handles.h"

namespace groklab::python {
namespace {

using Rows = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Labels = nb::ndarray<const std::int64_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Values = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;

std::vector<std::int64_t> rows_of(const Rows& rows) { return {rows.data(), rows.data() + rows.size()}; }

NamedTensor tensor_of(const std::string& name, const Values& values) {
  NamedTensor tensor{name, {}, {values.data(), values.data() + values.size()}};
  for (std::size_t axis = 0; axis < values.ndim(); ++axis) {
    tensor.shape.push_back(static_cast<std::int64_t>(values.shape(axis)));
  }
  return tensor;
}

nb::object tensor_array(NamedTensor tensor) {
  return array(std::move(tensor.values), {tensor.shape.begin(), tensor.shape.end()});
}

/// `labels` [n, n]: x o y at [x, y], -1 where there is no row.
Task task_of_labels(const std::string& name, const Labels& labels) {
  const auto n = static_cast<std::int64_t>(labels.shape(0));
  if (labels.shape(1) != labels.shape(0)) {
    throw Error(ErrorKind::kInput, "operation: expected as many columns as rows, found an array of shape [" +
                                       std::to_string(n) + ", " + std::to_string(labels.shape(1)) + "]");
  }
  return task_of_operation(name, n, [&](std::int64_t x, std::int64_t y) { return labels.data()[x * n + y]; });
}

RunHandle* make_run(const std::string& config, const std::string& name, const std::optional<Labels>& labels,
                    const std::optional<Rows>& train_rows, const nb::dict& weights, int threads) {
  RunParts parts;
  if (labels) parts.task = task_of_labels(name, *labels);
  if (train_rows) parts.train_rows = rows_of(*train_rows);
  for (const auto& [key, value] : weights) {
    parts.weights.push_back(tensor_of(nb::cast<std::string>(key), nb::cast<Values>(value)));
  }
  RunOptions options;
  options.threads = threads;
  const nb::gil_scoped_release release;
  return new RunHandle(Run(config_of(config), std::move(parts), options));
}

/// penalty({name: float64 array}) -> {name: float64 array}.
PenaltyGradient penalty_of(const nb::object& penalty) {
  return [&penalty](const std::vector<NamedTensor>& weights) {
    const nb::gil_scoped_acquire acquire;
    nb::dict given;
    for (const NamedTensor& tensor : weights) given[tensor.name.c_str()] = tensor_array(tensor);
    std::vector<NamedTensor> gradient;
    for (const auto& [name, values] : nb::cast<nb::dict>(penalty(given))) {
      gradient.push_back(tensor_of(nb::cast<std::string>(name), nb::cast<Values>(values)));
    }
    return gradient;
  };
}

/// A run's penalty while train() has it: a run in C++ that kept a Python function, which may know the run, would be a
/// circle that nobody collects.
class PenaltyInTraining {
 public:
  PenaltyInTraining(Run& run, const nb::object& penalty) : run_(penalty.is_none() ? nullptr : &run) {
    if (run_ != nullptr) run_->set_penalty(penalty_of(penalty));
  }
  ~PenaltyInTraining() {
    if (run_ != nullptr) run_->set_penalty({});
  }
  PenaltyInTraining(const PenaltyInTraining&) = delete;
  PenaltyInTraining& operator=(const PenaltyInTraining&) = delete;

 private:
  Run* run_;
};

nb::tuple train(RunHandle& self, std::optional<std::int64_t> until, nb::object callback, nb::object penalty,
                nb::object stop) {
  Listener listener(std::move(callback), std::move(stop), self.with([](Run& run) { return tensor_names(run); }));
  const Outcome outcome = self.with([&](Run& run) {
    const PenaltyInTraining penalised(run, penalty);
    const auto observe = [&](Run&, const Record& record) { return listener.on_record(record, nullptr); };
    const auto progress = [&](std::int64_t) { return listener.on_progress(); };
    return until ? run.train_to(*until, observe, progress) : run.train(observe, progress);
  });
  listener.finish();
  return outcome_tuple(outcome);
}

nb::object weights(RunHandle& self, const std::string& name) {
  return tensor_array(self.with([&](Run& run) {
    NamedTensor tensor{name, {}, run.weights(name)};
    for (TensorShape& shape : run.tensors()) {
      if (shape.name == name) tensor.shape = std::move(shape.shape);
    }
    return tensor;
  }));
}

nb::object logits(RunHandle& self, const std::optional<Rows>& rows) {
  const std::optional<std::vector<std::int64_t>> asked =
      rows ? std::optional(rows_of(*rows)) : std::optional<std::vector<std::int64_t>>();
  std::size_t columns = 0, n = 0;
  std::vector<double> values = self.with([&](Run& run) {
    const std::vector<std::int64_t> all = asked ? *asked : all_rows(run.task());
    columns = static_cast<std::size_t>(run.logit_columns());
    n = all.size();
    return run.logits(all);
  });
  return array(std::move(values), {n, columns});
}

nb::tuple gradient(RunHandle& self) {
  LossGradient result = self.with([](Run& run) { return run.gradient(); });
  nb::dict all;
  for (NamedTensor& tensor : result.gradient) {
    const std::string name = tensor.name;
    all[name.c_str()] = tensor_array(std::move(tensor));
  }
  return nb::make_tuple(result.loss, all);
}

nb::tuple state(RunHandle& self) {
  const RunState state = self.with([](Run& run) { return run.state(); });
  return nb::make_tuple(state.step, nb::bytes(state.bytes.data(), state.bytes.size()));
}

void restore(RunHandle& self, std::int64_t step, const nb::bytes& bytes) {
  RunState state;
  state.step = step;
  state.bytes.resize(bytes.size());
  std::memcpy(state.bytes.data(), bytes.c_str(), bytes.size());
  self.with([&](Run& run) { run.restore(state); });
}

nb::dict history(RunHandle& self) {
  std::vector<std::string> names;
  const std::vector<Record> records = self.with([&](Run& run) {
    names = tensor_names(run);
    return std::vector<Record>(run.records().begin(), run.records().end());
  });
  return columns(records, names);
}

nb::dict task(RunHandle& self) {
  const auto [task, split] = self.with([](Run& run) { return std::pair(run.task(), run.split()); });
  return task_dict(task, split);
}

std::string probe_results(RunHandle& self) {
  return self.with([](Run& run) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const ProbeResult& result : run.probe_results()) all.push_back(probe_result_to_json(result));
    return all.dump();
  });
}

nb::dict measure(RunHandle& self) {
  std::vector<std::string> names;
  const Record record = self.with([&](Run& run) {
    names = tensor_names(run);
    return run.measure();
  });
  return record_dict(record, names);
}

}  // namespace

void bind_run(nb::module_& module) {
  nb::class_<RunHandle>(module, "Run", "A run; one thread at a time gets in.")
      .def_prop_ro("id", [](RunHandle& self) { return self.with([](Run& run) { return run.id(); }); })
      .def_prop_ro("step", [](RunHandle& self) { return self.with([](Run& run) { return run.step(); }); })
      .def_prop_ro(
          "config",
          [](RunHandle& self) { return self.with([](Run& run) { return config_to_json(run.config()).dump(); }); })
      .def_prop_ro("outcome",
                   [](RunHandle& self) { return outcome_tuple(self.with([](Run& run) { return run.outcome(); })); })
      .def_prop_ro("tensors", [](RunHandle& self) { return self.with([](Run& run) { return tensor_names(run); }); })
      .def("task", &task)
      .def("history", &history)
      .def("probe_results", &probe_results)
      .def("weights", &weights, nb::arg("name"))
      .def(
          "set_weights",
          [](RunHandle& self, const std::string& name, const Values& values) {
            const std::span<const double> span(values.data(), values.size());
            self.with([&](Run& run) { run.set_weights(name, span); });
          },
          nb::arg("name"), nb::arg("values"))
      .def("logits", &logits, nb::arg("rows").none())
      .def("measure", &measure)
      .def("gradient", &gradient)
      .def(
          "probe",
          [](RunHandle& self, const std::string& names) {
            return self.with([&](Run& run) { return probe_result_to_json(run.probe(probe_set(names))).dump(); });
          },
          nb::arg("names"))
      .def("state", &state)
      .def("restore", &restore, nb::arg("step"), nb::arg("bytes"))
      .def(
          "fork",
          [](RunHandle& self, const std::vector<std::string>& changes) {
            return self.with([&](Run& run) { return new RunHandle(run.fork(changes)); });
          },
          nb::arg("changes"), nb::rv_policy::take_ownership)
      .def("train", &train, nb::arg("until").none(), nb::arg("callback").none(), nb::arg("penalty").none(),
           nb::arg("stop").none());
  module.def("make_run", &make_run, nb::arg("config"), nb::arg("name"), nb::arg("labels").none(),
             nb::arg("train_rows").none(), nb::arg("weights"), nb::arg("threads"), nb::rv_policy::take_ownership,
             "A run at step 0, with parts of the caller's own.");
}

}  // namespace groklab::python
