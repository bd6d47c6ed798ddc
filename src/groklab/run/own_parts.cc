// See own_parts.h.
#include "groklab/run/own_parts.h"

#include <filesystem>
#include <string>

#include "groklab/base/error.h"
#include "groklab/config/input_files.h"
#include "groklab/task/own_task.h"
#include "groklab/task/split.h"

namespace groklab {
namespace {

/// Stands where a file's path stands; the digest beside it says which.
constexpr const char* kOwn = "(the caller's own)";

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

ResolvedConfig resolve_with_files(Config config) {
  check_config(config);  // a file that nothing reads is refused, so that every path below names one that is read
  visit_input_files(config, [](const char* key, std::string& path, std::string& digest) {
    if (!path.empty() && path != kOwn) settle_file(key, path, digest);
  });
  return resolve_config(config);
}

RunDescription describe_run(Config config, const RunParts& parts) {
  if (!config.fork.run.empty()) {
    fail(ErrorKind::kConfig, "fork.run: expected none (Run::fork makes forks, a store trains them), found {}",
         config.fork.run);
  }
  if (parts.task) {
    check_own_task(*parts.task);
    const TaskConfig defaults;
    config.task = defaults;
    config.task.operation = "table";
    config.task.table = kOwn;
    config.task.table_digest = task_digest(*parts.task);
  }
  if (!parts.train_rows.empty()) {
    config.split = SplitConfig{};
    config.split.method = SplitMethod::kFile;
    config.split.file = kOwn;
    config.split.file_digest = rows_digest(parts.train_rows);
  }
  const ResolvedConfig resolved = resolve_with_files(config);
  RunDescription run{resolved, parts.task ? *parts.task : make_task(resolved), {}};
  run.split = parts.train_rows.empty()
                  ? make_split(resolved, run.task)
                  : split_of_rows(check_own_rows(parts.train_rows, run.task.n_rows), run.task.n_rows);
  return run;
}

}  // namespace groklab
