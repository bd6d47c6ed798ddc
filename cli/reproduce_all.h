// groklab reproduce --all: every study at one scale, from what is stored, on one page.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "groklab/studies/look.h"
#include "groklab/studies/reproduction.h"

namespace groklab::cli {

struct AllStudies {
  std::string folder;  ///< of measurements and pages, both named STUDY-SCALE
  std::string scale;
  bool dry_run = false;  ///< trains nothing: what is missing is shown as not run
  bool quiet = false;
  std::vector<studies::Look> looks = {};  ///< stand in where there are no measurements
};

/// `measure` trains what is missing of a study and measures it; nothing if interrupted. Returns the exit code.
int reproduce_all(const AllStudies& all,
                  const std::function<std::optional<studies::Measurements>(const studies::Study& study)>& measure);

}  // namespace groklab::cli
