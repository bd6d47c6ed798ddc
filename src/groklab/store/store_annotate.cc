// What people say of runs: Store::annotate.
#include <chrono>

#include "groklab/base/utc.h"
#include "groklab/store/annotation.h"
#include "groklab/store/run_log.h"
#include "groklab/store/store_impl.h"
#include "groklab/store/store_sink.h"

namespace groklab {

void Store::annotate(const std::vector<std::string>& ids, const AnnotationChange& change) {
  const AnnotationChange checked = checked_change(change);
  if (checked.name && !checked.name->empty() && ids.size() > 1) {
    fail(ErrorKind::kConfig, "--name: expected one run, as a name is one run's, found {}", ids.size());
  }
  const std::string now = utc_text(std::chrono::system_clock::now());
  impl_->database.write(Durability::kSync, [&](SQLite::Database& connection) {
    for (const std::string& id : ids) {
      SQLite::Statement query(connection, "SELECT replaces FROM runs WHERE id = ?1");
      query.bind(1, id);
      if (!query.executeStep()) fail(ErrorKind::kStore, "store {}: no run {}", directory().string(), id);
      if (!query.getColumn(0).isNull()) {
        fail(ErrorKind::kStore, "run {}: it will take the place of {}; annotate that one", id,
             query.getColumn(0).getString());
      }
      change_annotation(connection, id, checked, now);
      update_run_file(impl_->database, connection, run_number(connection, directory(), id));
    }
  });
}

}  // namespace groklab
