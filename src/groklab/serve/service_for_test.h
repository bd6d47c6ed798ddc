// A server without sockets over a store of small runs, for tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "groklab/config.h"
#include "groklab/serve/service.h"
#include "groklab/store/support_test.h"

namespace groklab::serve {

/// A configuration of a network that trains in milliseconds.
inline Config small_config(const std::vector<std::string>& assignments = {}) {
  Config config;
  for (const char* assignment : {"task.modulus=5", "split.train_fraction=0.6", "model.d_model=8", "model.n_heads=1",
                                 "model.d_mlp=8", "train.steps=40", "train.evaluate_every=10"}) {
    set_config_value(config, assignment);
  }
  for (const std::string& assignment : assignments) set_config_value(config, assignment);
  return *resolve_config(config);
}

/// A record with accuracies, everything else as sample_record has it.
inline Record record_at(std::int64_t step, double train, double test) {
  Record record = sample_record(step, small_layout());
  record.train.accuracy = train;
  record.test.accuracy = test;
  return record;
}

struct ServedStore {
  TemporaryDirectory directory;
  std::string path = (directory.path() / "store").string();

  /// Adds a run with these records; without an outcome it stands as in training.
  void add(const std::string& id, const Config& config, const std::vector<Record>& records, bool ended = true) const {
    Store store(path);
    store.create_run(id, config, "machine", small_layout(), false);
    const auto sink = store.sink(id, small_layout());
    for (const Record& record : records) sink->on_record(record);
    if (ended) sink->on_outcome({RunStatus::kFinished, records.back().step, "", 1.5});
  }
  ServiceOptions options() const {
    ServiceOptions options;
    options.store = path;
    options.program = "/bin/false";
    options.access = {names_of("127.0.0.1", 1), "secret", false, false};
    return options;
  }
};

/// A request of the page, with its query.
inline Request request_for(const std::string& path, std::map<std::string, std::string> query = {}) {
  Request request;
  request.path = path;
  request.query = std::move(query);
  request.headers = {{"host", "127.0.0.1:1"}};
  return request;
}

inline Request post_to(const std::string& path, const nlohmann::json& body) {
  Request request = request_for(path);
  request.method = "POST";
  request.body = body.dump();
  request.headers["x-groklab-token"] = "secret";
  request.headers["content-type"] = "application/json";
  request.headers["content-length"] = std::to_string(request.body.size());
  return request;
}

inline nlohmann::json json_of(const Response& response) { return nlohmann::json::parse(response.body); }

}  // namespace groklab::serve
