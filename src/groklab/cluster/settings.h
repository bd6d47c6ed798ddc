// What a user says about a cluster, in a small TOML file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace groklab {

struct ClusterSettings {
  std::string account, partition, qos, memory;  ///< as the scheduler spells them; "" leaves the choice to it
  std::string time = "02:00:00";                ///< of a task, twice of what it should take
  std::int64_t cores = 1;                       ///< of a task, on one node
  std::int64_t notice_seconds = 120;            ///< before the time ends, for the last checkpoint
  std::vector<std::string> modules;             ///< loaded before the program runs
  std::vector<std::string> lines;               ///< further lines of the script, such as "#SBATCH --constraint=zen4"
  std::string program;                          ///< groklab on the nodes; "": this one
};

/// Throws Error(kConfig): an unknown key, a wrong type, a line end or control character in a text.
ClusterSettings parse_cluster_settings(std::string_view text, const std::string& where);

}  // namespace groklab
