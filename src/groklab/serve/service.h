// The server without its sockets: what a request is answered with.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "groklab/serve/access.h"
#include "groklab/serve/children.h"
#include "groklab/serve/http.h"
#include "groklab/serve/recent.h"
#include "groklab/serve/run_list.h"
#include "groklab/store/store.h"

namespace groklab::serve {

struct ServiceOptions {
  std::filesystem::path store;
  Access access;
  std::filesystem::path program;  ///< groklab, for what is trained
  int threads = 1;                ///< processor cores that training may use
};

/// Safe from any number of threads.
class Service {
 public:
  /// Opens the store and reads it once. Throws Error.
  explicit Service(ServiceOptions options);

  /// Never throws: what goes wrong is an answer too.
  Response answer(const Request& request);
  /// What must be refused before a body is read; nothing if the request may be read.
  std::optional<Response> refuse(const Request& head) const;
  /// To be called a few times a second: looks for changes of the store and for children that ended.
  void look_around();

  /// The names by which the server may be called, known once it has a port.
  void set_hosts(std::vector<std::string> hosts) { options_.access.hosts = std::move(hosts); }

  const ServiceOptions& options() const { return options_; }
  Store& store() { return store_; }
  RunList& list() { return list_; }
  Children& children() { return children_; }
  /// Bodies that took work, by what was asked and the list's version.
  Recent<std::shared_ptr<const std::string>>& bodies() { return bodies_; }
  /// Held while a training is started: whether a run is trained already is looked at before.
  std::mutex& starting() { return starting_; }
  /// Tells answers of this process from those of one before it.
  const std::string& epoch() const { return epoch_; }

 private:
  ServiceOptions options_;
  Store store_;
  RunList list_;
  Children children_;
  Recent<std::shared_ptr<const std::string>> bodies_{8};
  std::mutex starting_;
  std::string epoch_;
};

}  // namespace groklab::serve
