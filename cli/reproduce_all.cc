// See reproduce_all.h.
#include "reproduce_all.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/config/text_file.h"
#include "groklab/studies/overview.h"
#include "groklab/version.h"
#include "options.h"
#include "run_text.h"
#include "terminal.h"

namespace groklab::cli {
namespace {

namespace fs = std::filesystem;

struct StudyFiles {
  std::string measurements, page, page_name;
};

StudyFiles files_of(const AllStudies& all, const studies::Study& study) {
  const std::string name = study.id + "-" + all.scale;
  return {(fs::path(all.folder) / (name + ".json")).string(), (fs::path(all.folder) / (name + ".html")).string(),
          name + ".html"};
}

bool has_scale(const studies::Study& study, const std::string& scale) {
  return std::find(study.scales.begin(), study.scales.end(), scale) != study.scales.end();
}

bool has_look(const AllStudies& all, const studies::Study& study) {
  return std::any_of(all.looks.begin(), all.looks.end(),
                     [&](const studies::Look& look) { return look.study == study.id && look.scale == all.scale; });
}

/// Judges measurements, writes the study's own page and returns its rows.
std::vector<studies::OverviewRow> judge(const StudyFiles& files, const studies::Measurements& m) {
  const studies::Reproduction reproduction = studies::judge_measurements(m);
  write_output(files.page, studies::reproduction_page(reproduction));
  return studies::overview_of(reproduction, files.page_name);
}

void write_overview(const AllStudies& all, const std::vector<studies::OverviewRow>& rows) {
  const std::string page = (fs::path(all.folder) / "index.html").string();
  write_output(page, studies::overview_page(rows, all.scale, version()));
  write_output((fs::path(all.folder) / "overview.json").string(), json_text(studies::overview_json(rows), 1) + "\n");
  if (!all.quiet) print_out("{}page: {}\n", studies::overview_table(rows), page);
}

}  // namespace

int reproduce_all(const AllStudies& all,
                  const std::function<std::optional<studies::Measurements>(const studies::Study& study)>& measure) {
  std::error_code error;
  fs::create_directories(all.folder, error);
  if (error)
    fail(ErrorKind::kIo, "--all {}: expected a folder that can be made, found {}", all.folder, error.message());
  std::vector<studies::OverviewRow> rows;
  bool complete = true;
  for (const studies::Study& study : studies::all_studies()) {
    if (!has_scale(study, all.scale)) continue;
    const StudyFiles files = files_of(all, study);
    std::vector<studies::OverviewRow> own = studies::overview_without_runs(study);
    if (fs::exists(files.measurements)) {
      own = judge(files, studies::parse_measurements(read_text_file(files.measurements), files.measurements));
    } else if (has_look(all, study)) {
      own = studies::overview_of(study, all.looks, all.scale);
    } else if (!all.dry_run && complete) {
      const std::optional<studies::Measurements> made = measure(study);
      complete = made.has_value();
      if (made) {
        write_output(files.measurements, json_text(studies::measurements_json(*made), 1) + "\n");
        own = judge(files, *made);
      }
    }
    rows.insert(rows.end(), own.begin(), own.end());
  }
  write_overview(all, rows);
  if (complete) return kExitOk;
  print_note("interrupted; go on with the same command");
  return kExitInterrupted;
}

}  // namespace groklab::cli
