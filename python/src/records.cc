// Records, outcomes and tasks as Python's dicts and NumPy's arrays.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <type_traits>

#include "groklab/record/fields.h"
#include "handles.h"

namespace groklab::python {
namespace {

std::string column_name(const char* group, const char* name) {
  return *group == '\0' ? name : std::string(group) + "_" + name;
}

/// Before training goes on, nobody looks at the run any more.
struct Closing {
  RunHandle& handle;
  ~Closing() { handle.show(nullptr); }
};

}  // namespace

nb::dict columns(std::span<const Record> records, const std::vector<std::string>& tensor_names) {
  nb::dict all;
  std::size_t column = 0;
  const Record shape;
  visit_metrics(shape, [&](const char* group, const char* name, const auto& field) {
    std::vector<std::remove_cvref_t<decltype(field)>> values;
    values.reserve(records.size());
    for (const Record& record : records) {
      std::size_t at = 0;
      visit_metrics(record, [&](const char*, const char*, const auto& value) {
        if (at++ == column) values.push_back(static_cast<std::remove_cvref_t<decltype(field)>>(value));
      });
    }
    ++column;
    all[column_name(group, name).c_str()] = array(std::move(values));
  });
  for (std::size_t t = 0; t < tensor_names.size(); ++t) {
    std::vector<double> values;
    for (const Record& record : records) {
      values.push_back(t < record.tensor_norms.size() ? record.tensor_norms[t] : std::nan(""));
    }
    all[("norm:" + tensor_names[t]).c_str()] = array(std::move(values));
  }
  return all;
}

nb::dict record_dict(const Record& record, const std::vector<std::string>& tensor_names) {
  nb::dict all;
  visit_metrics(record, [&](const char* group, const char* name, const auto& value) {
    all[column_name(group, name).c_str()] = value;
  });
  for (std::size_t t = 0; t < record.tensor_norms.size() && t < tensor_names.size(); ++t) {
    all[("norm:" + tensor_names[t]).c_str()] = record.tensor_norms[t];
  }
  return all;
}

nb::tuple outcome_tuple(const Outcome& outcome) {
  return nb::make_tuple(run_status_name(outcome.status), outcome.step, outcome.reason, outcome.seconds);
}

nb::dict task_dict(const Task& task, const Split& split) {
  std::vector<std::uint8_t> role;
  for (const RowRole one : split.role) role.push_back(static_cast<std::uint8_t>(one));
  nb::dict all;
  all["name"] = task.name;
  all["n_symbols"] = task.n_symbols;
  all["n_classes"] = task.n_classes;
  all["inputs"] = array(task.inputs, {static_cast<std::size_t>(task.n_rows), static_cast<std::size_t>(task.n_inputs)});
  all["labels"] = array(task.labels);
  all["test_labels"] = array(task.test_labels);
  all["symbol_names"] = task.symbol_names;
  all["symbol_values"] = array(task.symbol_values);
  all["train"] = array(split.train);
  all["role"] = array(std::move(role));
  return all;
}

Next Listener::on_record(const Record& record, Run* view) {
  const nb::gil_scoped_acquire acquire;
  if (error_) return Next::kStop;
  if (callback_.is_none()) return Next::kContinue;
  try {
    if (view == nullptr) return ask(record, nb::none());
    if (names_.empty()) names_ = tensor_names(*view);
    const nb::object shown = nb::cast(new RunHandle, nb::rv_policy::take_ownership);
    RunHandle& handle = nb::cast<RunHandle&>(shown);
    handle.show(view);
    const Closing closing{handle};
    return ask(record, shown);
  } catch (nb::python_error& error) {
    error_.emplace(std::move(error));
    return Next::kStop;
  }
}

Next Listener::ask(const Record& record, const nb::object& view) {
  return callback_(record_dict(record, names_), view).is(nb::handle(Py_False)) ? Next::kStop : Next::kContinue;
}

Next Listener::on_progress() {
  const nb::gil_scoped_acquire acquire;
  if (error_) return Next::kStop;
  try {
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
    const int stops = stop_.is_none() ? 0 : PyObject_IsTrue(stop_().ptr());
    if (stops < 0) throw nb::python_error();
    return stops > 0 ? Next::kStop : Next::kContinue;
  } catch (nb::python_error& error) {
    error_.emplace(std::move(error));
    return Next::kStop;
  }
}

void Listener::finish() {
  if (error_) throw std::move(*error_);
}

std::vector<std::string> tensor_names(const Run& run) {
  std::vector<std::string> names;
  for (const TensorShape& tensor : run.tensors()) names.push_back(tensor.name);
  return names;
}

}  // namespace groklab::python
