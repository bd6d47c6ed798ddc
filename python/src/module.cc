// groklab._core: the library as the Python package sees it. Texts of configurations and results pass as JSON.
#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <nlohmann/json.hpp>

#include "groklab/config.h"
#include "groklab/config/change.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/version.h"
#include "handles.h"

namespace groklab::python {
namespace {

const char* exception_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kConfig:
      return "ConfigError";
    case ErrorKind::kInput:
      return "InputError";
    case ErrorKind::kStore:
      return "StoreError";
    case ErrorKind::kIo:
      return "IoError";
    case ErrorKind::kInternal:
      break;
  }
  return "InternalError";
}

void translate(const std::exception_ptr& exception, void*) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    const nb::object type = nb::module_::import_("groklab.errors").attr(exception_name(error.kind()));
    PyErr_SetString(type.ptr(), error.what());
  }
}

std::string make_config(const std::optional<std::string>& file, const std::vector<std::string>& assignments) {
  Config config = file ? read_config_file(*file) : Config{};
  change_config(config, assignments, "config");
  check_config(config);
  return config_to_json(config).dump();
}

nb::tuple prepare(const std::string& config) {
  const PreparedRun run = [&] {
    const nb::gil_scoped_release release;
    return prepare_run(config_of(config), nullptr);
  }();
  return nb::make_tuple(run.id, config_to_json(*run.config).dump(), task_dict(run.task, run.split));
}

nb::list keys() {
  nb::list all;
  for (const FieldInfo& field : config_fields()) {
    all.append(nb::make_tuple(field.key, field.type, field.default_value, field.unit, field.range, field.meaning));
  }
  return all;
}

}  // namespace

Config config_of(const std::string& json) { return config_from_json(nlohmann::json::parse(json)); }

}  // namespace groklab::python

NB_MODULE(_core, module) {
  using namespace groklab::python;
  module.doc() = "The library behind groklab; use the package's own names.";
  nb::register_exception_translator(translate);
  module.attr("version") = groklab::version();
  module.def("make_config", &make_config, nb::arg("file").none(), nb::arg("assignments"),
             "A configuration as JSON: a TOML file or the defaults, changed by \"key=value\" lines.");
  module.def("prepare", &prepare, nb::arg("config"), "(id, resolved configuration as JSON, task) of a run.");
  module.def("keys", &keys, "(key, type, default, unit, range, meaning) of every key.");
  bind_run(module);
  bind_store(module);
  bind_sweep(module);
}
