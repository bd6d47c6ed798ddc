// RunStore for Python.
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <nlohmann/json.hpp>

#include "groklab/analysis/event_times.h"
#include "groklab/lab/run_store_access.h"
#include "groklab/report.h"
#include "groklab/store/run_json.h"
#include "handles.h"

namespace groklab::python {
namespace {

/// (runs as JSON, newest first; a line for every damaged row)
nb::tuple runs(StoreHandle& self, const std::string& where) {
  std::vector<std::string> damaged;
  const std::string text = self.with([&](RunStore& store) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const RunInfo& info : RunStoreAccess::store(store).runs(where, &damaged)) all.push_back(run_to_json(info));
    return all.dump();
  });
  return nb::make_tuple(text, damaged);
}

nb::dict history(StoreHandle& self, const std::string& id) {
  std::vector<std::string> names;
  const std::vector<Record> records = self.with([&](RunStore& store) {
    names = store.run(id).tensor_names;
    return store.records(id);
  });
  return columns(records, names);
}

std::string probe_results(StoreHandle& self, const std::string& id) {
  return self.with([&](RunStore& store) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const ProbeResult& result : store.probe_results(id)) all.push_back(probe_result_to_json(result));
    return all.dump();
  });
}

/// (T_fit, T_grok, T_ungrok), None where it did not come.
nb::tuple event_times_of(StoreHandle& self, const std::string& id, std::optional<double> threshold,
                         std::optional<std::int64_t> held) {
  const EventTimes times = self.with([&](RunStore& store) {
    EventRule rule = event_rule(store.run(id).config);
    if (threshold) rule.accuracy = *threshold;
    if (held) rule.held = *held;
    return event_times(store.records(id), rule);
  });
  const auto step = [](const std::optional<std::int64_t>& time) {
    return time ? nb::object(nb::int_(*time)) : nb::object(nb::none());
  };
  return nb::make_tuple(step(times.fit), step(times.grok), step(times.ungrok));
}

/// (id, outcome, was_done). Opens the directory by itself, so that the store can be read from the callback.
nb::tuple train(StoreHandle& self, const std::string& config, bool force, int threads, double checkpoint_seconds,
                nb::object callback, nb::object stop) {
  Listener listener(callback, std::move(stop), {});
  StoreTrainingOptions options;
  options.force = force;
  options.run.threads = threads;
  options.checkpoint_seconds = checkpoint_seconds;
  options.progress = [&](std::int64_t) { return listener.on_progress(); };
  if (!callback.is_none()) {
    options.run_observer = [&](Run& run, const Record& record) { return listener.on_record(record, &run); };
  }
  StoreTrainingResult result;
  {
    const nb::gil_scoped_release release;
    result = RunStore(self.directory()).train(config_of(config), options);
  }
  listener.finish();
  return nb::make_tuple(result.id, outcome_tuple(result.outcome), result.was_done);
}

RunHandle* load(StoreHandle& self, const std::string& id, std::int64_t step, int threads) {
  RunOptions options;
  options.threads = threads;
  return self.with([&](RunStore& store) { return new RunHandle(store.load(id, step, options)); });
}

nb::list checkpoints(StoreHandle& self, const std::string& id) {
  nb::list all;
  for (const CheckpointInfo& info : self.with([&](RunStore& store) { return store.checkpoints(id); })) {
    all.append(nb::make_tuple(info.step, info.kept, info.file.string(), info.offset, info.size));
  }
  return all;
}

std::string report(StoreHandle& self, const std::vector<std::string>& ids, const std::string& title, int threads) {
  ReportOptions options;
  options.title = title;
  options.threads = threads;
  return self.with([&](RunStore& store) { return report_page(store, ids, options); });
}

}  // namespace

void bind_store(nb::module_& module) {
  nb::class_<StoreHandle>(module, "Store", "A run store; one thread at a time gets in.")
      .def(nb::init<const std::string&>(), nb::arg("directory"))
      .def("contains",
           [](StoreHandle& self, const std::string& id) {
             return self.with([&](RunStore& store) { return store.contains(id); });
           })
      .def("resolve",
           [](StoreHandle& self, const std::string& id) {
             return self.with([&](RunStore& store) { return store.resolve(id); });
           })
      .def("run",
           [](StoreHandle& self, const std::string& id) {
             return self.with([&](RunStore& store) { return run_to_json(store.run(id)).dump(); });
           })
      .def("runs", &runs, nb::arg("where"))
      .def(
          "annotate",
          [](StoreHandle& self, const std::string& id, std::optional<std::string> name, std::vector<std::string> tags,
             std::vector<std::string> untags, std::optional<std::string> note) {
            self.with([&](RunStore& store) { store.annotate(id, {name, tags, untags, note}); });
          },
          nb::arg("id"), nb::arg("name").none(), nb::arg("tags"), nb::arg("untags"), nb::arg("note").none())
      .def("history", &history, nb::arg("id"))
      .def("probe_results", &probe_results, nb::arg("id"))
      .def("checkpoints", &checkpoints, nb::arg("id"))
      .def("event_times", &event_times_of, nb::arg("id"), nb::arg("threshold").none(), nb::arg("held").none())
      .def("load", &load, nb::arg("id"), nb::arg("step"), nb::arg("threads"), nb::rv_policy::take_ownership)
      .def(
          "save",
          [](StoreHandle& self, RunHandle& run, bool replace) {
            run.with([&](Run& saved) { RunStore(self.directory()).save(saved, replace); });
          },
          nb::arg("run"), nb::arg("replace"))
      .def(
          "export_parquet",
          [](StoreHandle& self, const std::string& directory, const std::string& where) {
            return self.with([&](RunStore& store) { return store.export_parquet(directory, where); });
          },
          nb::arg("directory"), nb::arg("where"))
      .def("report", &report, nb::arg("ids"), nb::arg("title"), nb::arg("threads"))
      .def("train", &train, nb::arg("config"), nb::arg("force"), nb::arg("threads"), nb::arg("checkpoint_seconds"),
           nb::arg("callback").none(), nb::arg("stop").none());
}

}  // namespace groklab::python
