// See slurm.h.
#include "groklab/cluster/slurm.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "groklab/base/shell_word.h"

namespace groklab {
namespace {

/// How an array says which shard its index 1 follows.
constexpr std::string_view kComment = "before=";

std::string directive(const char* name, const std::string& value) {
  return value.empty() ? "" : fmt::format("#SBATCH --{}={}\n", name, value);
}

std::string command_of(const ClusterJob& job) {
  std::string words;
  for (const std::string& word : job.what) words += " " + shell_word(word);
  return words;
}

std::string head(const ClusterJob& job, const ClusterSettings& s) {
  std::string text = "#!/usr/bin/env bash\n";
  text += "# Made by groklab cluster submit; edit it as you like, it is not written again.\n";
  text += directive("job-name", job_name(job)) + directive("account", s.account) + directive("partition", s.partition) +
          directive("qos", s.qos) + directive("mem", s.memory) + directive("time", s.time);
  text += directive("cpus-per-task", std::to_string(s.cores)) + directive("ntasks", "1");
  text += directive("output", (job.folder / "logs" / "%A-%a.out").string());
  text += "#SBATCH --open-mode=append\n#SBATCH --requeue\n";
  text += directive("signal", fmt::format("B:TERM@{}", s.notice_seconds));
  for (const std::string& line : s.lines) text += line + "\n";
  return text;
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string slurm_script(const ClusterJob& job, const ClusterSettings& settings) {
  std::string text = head(job, settings);
  text += "\nset -u\n";
  text += fmt::format("cd {} || exit 2\n", shell_word(job.folder.string()));
  text += "shard=$((SLURM_ARRAY_TASK_ID + ${GROKLAB_SHARDS_BEFORE:-0}))\n";
  text += "[ -e \"done/$shard\" ] && exit 0\n";
  for (const std::string& module : settings.modules) text += fmt::format("module load {}\n", shell_word(module));
  text += fmt::format(R"(
{}{} --shard "$shard/{}" --store "stores/shard-$shard" \
  --jobs "${{SLURM_CPUS_PER_TASK:-1}}" --quiet &
child=$!
# The signal that the time ends or the node is wanted: groklab saves a checkpoint and exits with 130.
trap 'kill -TERM "$child"' TERM
code=0
wait "$child" || code=$?
while kill -0 "$child" 2>/dev/null; do code=0; wait "$child" || code=$?; done
case $code in
  0) rm -f "failed/$shard"; : >"done/$shard" ;;
  130) scontrol requeue "$SLURM_JOB_ID" ;;
  *) echo "$code" >"failed/$shard"; exit "$code" ;;
esac
)",
                      shell_word(settings.program), command_of(job), job.shards);
  return text;
}

std::vector<SlurmArray> slurm_arrays(const std::vector<int>& shards, int most) {
  const int length = std::max(1, most - 1);
  std::vector<SlurmArray> arrays;
  for (const int shard : shards) {
    const int before = (shard - 1) / length * length;
    if (arrays.empty() || arrays.back().before != before) arrays.push_back({before, {}});
    arrays.back().indices.push_back(shard - before);
  }
  return arrays;
}

std::vector<std::string> sbatch_arguments(const ClusterJob& job, const SlurmArray& array) {
  return {"sbatch",
          "--parsable",
          "--array=" + array_text(array.indices),
          fmt::format("--comment={}{}", kComment, array.before),
          fmt::format("--export=ALL,GROKLAB_SHARDS_BEFORE={}", array.before),
          (job.folder / "array.sh").string()};
}

int max_array_size(std::string_view config) {
  constexpr int kDefault = 1001;
  const std::size_t at = config.find("MaxArraySize");
  if (at == std::string_view::npos) return kDefault;
  const std::size_t first = config.find_first_of("0123456789", at);
  if (first == std::string_view::npos) return kDefault;
  const std::size_t last = config.find_first_not_of("0123456789", first);
  int size = 0;
  return read_number(config.substr(first, last - first), size) && size > 1 ? size : kDefault;
}

std::vector<std::string> squeue_arguments(const ClusterJob& job) {
  return {"squeue", "--me", "--noheader", "--array", "--name=" + job_name(job), "--format=%k %K %T"};
}

std::map<int, bool> parse_squeue(std::string_view answer) {
  std::map<int, bool> queued;
  std::istringstream lines{std::string(answer)};
  for (std::string comment, index, state; lines >> comment >> index >> state;) {
    int before = 0, at = 0;
    if (comment.rfind(kComment, 0) != 0 || !read_number(std::string_view(comment).substr(kComment.size()), before) ||
        !read_number(std::string_view(index), at)) {
      continue;
    }
    queued[before + at] = queued[before + at] || state == "RUNNING" || state == "COMPLETING";
  }
  return queued;
}

}  // namespace groklab
