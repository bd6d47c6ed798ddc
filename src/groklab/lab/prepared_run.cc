// See prepared_run.h.
#include "groklab/lab/prepared_run.h"

#include <filesystem>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/lab/stored_inputs.h"

namespace groklab {
namespace {

/// Makes the path absolute, so that a stored run resumes from any directory, and fills or compares the digest.
void settle_file(const char* key, std::string& path, std::string& digest) {
  path = std::filesystem::absolute(path).lexically_normal().string();
  const std::string found = file_digest(key, path);
  if (!digest.empty() && digest != found) {
    fail(ErrorKind::kInput, "{}: {} has changed since the run was made (expected digest {}, found {})", key, path,
         digest, found);
  }
  digest = found;
}

}  // namespace

PreparedRun prepare_run(Config config, const Store* store) {
  check_config(config);  // a file that nothing reads is refused, so that every path below names one that is read
  if (!config.task.table.empty()) settle_file("task.table", config.task.table, config.task.table_digest);
  if (!config.split.file.empty()) settle_file("split.file", config.split.file, config.split.file_digest);
  const ResolvedConfig resolved = resolve_config(config);
  PreparedRun run{resolved, resolved.id(), make_task(resolved), {}, nullptr};
  const Split* parent_split = nullptr;
  if (!resolved->fork.run.empty()) {
    const std::string& parent_id = resolved->fork.run;
    if (store == nullptr || !store->contains(parent_id)) {
      fail(ErrorKind::kStore, "fork.run: expected the full id of a run in this store, found {}", parent_id);
    }
    auto parent = std::make_shared<PreparedRun>(prepare_stored_run(*store, parent_id));
    if (parent->task.n_rows != run.task.n_rows) {
      fail(ErrorKind::kConfig, "fork: expected a task of {} rows like the parent's ({}), found {} rows ({})",
           parent->task.n_rows, parent->task.name, run.task.n_rows, run.task.name);
    }
    parent_split = &parent->split;
    run.parent = std::move(parent);
  }
  run.split = make_split(resolved, run.task, parent_split);
  return run;
}

PreparedRun prepare_stored_run(const Store& store, const std::string& id) {
  Config config = store.run(id).config;
  find_inputs(store, config);
  PreparedRun run = prepare_run(config, &store);
  run.id = id;  // the stored name holds, also if a later version would name the config otherwise
  return run;
}

}  // namespace groklab
