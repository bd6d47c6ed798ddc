// See job.h.
#include "groklab/cluster/job.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "groklab/base/digest.h"
#include "groklab/base/error.h"
#include "groklab/config/text_file.h"
#include "groklab/files/file_io.h"
#include "groklab/files/file_lock.h"
#include "groklab/sweep/shard.h"

namespace groklab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "groklab cluster 1";

std::string job_text(const ClusterJob& job) {
  return nlohmann::ordered_json{
             {"format", kFormat}, {"what", job.what}, {"shards", job.shards}, {"grid_digest", job.grid_digest}}
             .dump(1) +
         "\n";
}

}  // namespace

JobLock::JobLock(const fs::path& folder) {
  make_directories(folder, Durability::kSync);
  descriptor_ = try_lock_file((folder / "lock").string());
  if (descriptor_ < 0) fail(ErrorKind::kConfig, "{}: another process is queueing this job's shards", folder.string());
}

JobLock::~JobLock() { ::close(descriptor_); }

bool write_job(const ClusterJob& job, const std::string& grid, const std::string& script) {
  const fs::path file = job.folder / "job.json";
  std::error_code none;
  if (fs::exists(file, none)) {
    if (job_text(read_job(job.folder)) == job_text(job)) {
      return read_text_file((job.folder / "array.sh").string()) == script;
    }
    fail(ErrorKind::kConfig, "{}: expected this job or none, found another; choose another folder", file.string());
  }
  for (const char* name : {"stores", "done", "failed", "logs"}) make_directories(job.folder / name, Durability::kSync);
  if (!job.grid_digest.empty()) write_file(job.folder / "grid.toml", grid, Durability::kSync);
  if (!fs::exists(job.folder / "array.sh", none)) write_file(job.folder / "array.sh", script, Durability::kSync);
  fs::permissions(job.folder / "array.sh", fs::perms::owner_exec, fs::perm_options::add, none);
  write_file(file, job_text(job), Durability::kSync);  // last: who finds it finds all
  return read_text_file((job.folder / "array.sh").string()) == script;
}

ClusterJob read_job(const fs::path& folder) {
  ClusterJob job;
  job.folder = fs::absolute(folder).lexically_normal();
  const std::string file = (folder / "job.json").string();
  const nlohmann::json json = nlohmann::json::parse(read_text_file(file), nullptr, false);
  try {
    if (json.at("format") != kFormat) throw nlohmann::json::other_error::create(0, "format", nullptr);
    json.at("what").get_to(job.what);
    json.at("shards").get_to(job.shards);
    json.at("grid_digest").get_to(job.grid_digest);
  } catch (const nlohmann::json::exception&) {
    fail(ErrorKind::kInput, "{}: expected a job of groklab cluster submit, found something else", file);
  }
  if (job.shards < 1 || job.shards > kMostShards || job.what.empty()) {
    fail(ErrorKind::kInput, "{}: expected 1 to {} shards of something, found {}", file, kMostShards, job.shards);
  }
  return job;
}

std::string job_name(const ClusterJob& job) { return "groklab-" + digest_of(job.folder.string()).substr(0, 10); }

std::vector<ShardState> shard_states(const ClusterJob& job, const std::map<int, bool>& queued) {
  std::vector<ShardState> states(static_cast<std::size_t>(job.shards), ShardState::kLeft);
  std::error_code none;
  for (int shard = 1; shard <= job.shards; ++shard) {
    ShardState& state = states[static_cast<std::size_t>(shard - 1)];
    const auto found = queued.find(shard);
    if (fs::exists(job.folder / "done" / std::to_string(shard), none))
      state = ShardState::kDone;
    else if (found != queued.end())
      state = found->second ? ShardState::kRunning : ShardState::kWaiting;
    else if (fs::exists(job.folder / "failed" / std::to_string(shard), none))
      state = ShardState::kFailed;
  }
  return states;
}

std::vector<int> shards_in(const std::vector<ShardState>& states, ShardState state) {
  std::vector<int> shards;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] == state) shards.push_back(static_cast<int>(i) + 1);
  }
  return shards;
}

fs::path shard_store(const ClusterJob& job, int shard) {
  return job.folder / "stores" / fmt::format("shard-{}", shard);
}

std::string array_text(const std::vector<int>& indices) {
  std::string text;
  for (std::size_t i = 0; i < indices.size();) {
    std::size_t end = i;
    while (end + 1 < indices.size() && indices[end + 1] == indices[end] + 1) ++end;
    text += fmt::format("{}{}", text.empty() ? "" : ",", indices[i]);
    if (end > i) text += fmt::format("-{}", indices[end]);
    i = end + 1;
  }
  return text;
}

}  // namespace groklab
