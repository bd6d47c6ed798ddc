// The configurations of the page's runs as one table of text.
#pragma once

#include <string>
#include <vector>

#include "groklab/report/report.h"

namespace groklab::report {

struct ConfigRow {
  std::string key;                  ///< dotted, as in --set
  std::vector<std::string> values;  ///< one per run
  std::string default_value;
  bool differs = false;  ///< between the runs
};

/// Every key in the config's own order; a key that a run lacks has the value "".
std::vector<ConfigRow> config_rows(const std::vector<ReportRun>& runs);

/// Only the rows that differ, digests (which repeat a file's name) left out.
std::vector<ConfigRow> config_differences(const std::vector<ReportRun>& runs);

/// The command that trains a run of this configuration, whose id it then has: keys that are not the default, in the
/// config's order. Of a fork, from its parent. Its words are safe in a shell.
std::string train_command(const Config& config);

}  // namespace groklab::report
