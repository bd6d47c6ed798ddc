// See prepared_run.h.
#include "groklab/lab/prepared_run.h"

#include <utility>

#include "groklab/base/error.h"
#include "groklab/config.h"
#include "groklab/engine/chunks.h"
#include "groklab/lab/stored_inputs.h"
#include "groklab/run/own_parts.h"

namespace groklab {

PreparedRun prepare_run(Config config, const Store* store) {
  const ResolvedConfig resolved = resolve_with_files(config);
  PreparedRun run{resolved, resolved.id(), make_task(resolved), {}, nullptr};
  const Split* parent_split = nullptr;
  if (!resolved->fork.run.empty()) {
    const std::string& parent_id = resolved->fork.run;
    if (store == nullptr || !store->contains(parent_id)) {
      fail(ErrorKind::kStore, "fork.run: expected the full id of a run in this store, found {}", parent_id);
    }
    if (const std::string replaced = store->run(parent_id).replaces; !replaced.empty()) {
      fail(ErrorKind::kStore, "fork.run: expected a run of its own, found {}, which will take the place of {}",
           parent_id, replaced);
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
  check_chunks(*resolved, static_cast<std::int64_t>(run.split.train.size()));  // before a store is made
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
