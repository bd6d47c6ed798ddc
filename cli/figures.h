// The figures of a report as files: specifications always, SVG and PDF by programs that are found.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "groklab/report/report.h"

namespace groklab::cli {

struct WrittenFigures {
  std::vector<std::string> kinds;  ///< "JSON", "SVG", "PDF"
  std::string missing;             ///< what is needed for the others; "" if nothing is
};

/// Writes NAME.vl.json of each figure into a folder, which is made if missing, and NAME.svg and NAME.pdf where the
/// programs for them are found: node or Chromium, rsvg-convert. Throws Error(kIo).
WrittenFigures write_figures(const std::vector<Figure>& figures, const std::filesystem::path& folder);

}  // namespace groklab::cli
