// A run's own file, and the database that is made from it. An input is what the frames hold: their lengths and
// checksums are put right first, as a mutation would never get behind them; the first byte of each says how it goes on
// (0 and 1 as in the file), and "\n===\n" parts frames.
#include "groklab/store/run_file.h"

#include <algorithm>
#include <fstream>

#include "fuzz.h"
#include "groklab/base/digest.h"
#include "groklab/base/error.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"
#include "memory_file.h"

namespace groklab {
namespace {

constexpr std::string_view kParting = "\n===\n";

std::string sealed(std::string_view bytes) {
  std::string file(run_file_head());
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find(kParting), bytes.size());
    const std::uint64_t head[2] = {end, static_cast<std::uint64_t>(checksum_of(bytes.substr(0, end)))};
    file.append(reinterpret_cast<const char*>(head), sizeof(head));
    file += bytes.substr(0, end);
    bytes.remove_prefix(std::min(bytes.size(), end + kParting.size()));
  }
  return file;
}

/// What is read and written again is the same.
void check_again(const std::vector<RunFileSection>& sections, bool closes) {
  RunFileFrame frame;
  for (const RunFileSection& section : sections) {
    frame.begin(section.table, section.kind, section.columns);
    for (const std::vector<Cell>& row : section.rows) frame.add_row(row);
    frame.end();
  }
  const MemoryFile place(std::string(run_file_head()) + frame.take(closes));
  InputFile file(place.path());
  bool is_same = false;
  const RunFileEnd end = read_run_file(file, "again", [&](const auto& read, bool) {
    is_same = read.size() == sections.size();
    for (std::size_t i = 0; is_same && i < read.size(); ++i) {
      is_same = read[i].table == sections[i].table && read[i].columns == sections[i].columns &&
                read[i].rows.size() == sections[i].rows.size();
    }
  });
  must_hold(end.fault.empty() && is_same, "the same after writing and reading");
}

void run(std::string_view bytes) {
  const std::string file = sealed(bytes);
  bool has_run = false;
  {
    const MemoryFile place(file);
    InputFile input(place.path());
    const RunFileEnd end = read_run_file(input, "fuzz.rows", [&](const auto& sections, bool closes) {
      check_again(sections, closes);
      for (const RunFileSection& section : sections) has_run = has_run || section.table == "runs";
    });
    must_hold(end.closed_bytes <= file.size(), "not more than there is");
  }
  if (!has_run) return;
  static const TemporaryDirectory directory;
  const std::filesystem::path store = directory.path() / "store";
  std::filesystem::remove_all(store);
  std::filesystem::create_directories(store / "checkpoints" / "a");
  std::ofstream(store / "checkpoints" / "a" / "run.rows", std::ios::binary) << file;
  const RebuildReport report = rebuild_store(store);
  Store opened(store);
  std::vector<std::string> damaged;
  must_hold(static_cast<std::int64_t>(opened.runs("", &damaged).size()) == report.runs && damaged.empty(),
            "what came back can be read");
  if (report.runs == 0) fail(ErrorKind::kInput, "nothing came back");
}

}  // namespace

const FuzzTarget& run_file_target() {
  using namespace std::string_view_literals;
  static const FuzzTarget target = {"run_file",
                                    run,
                                    {"runs", "records", "probes", "checkpoints", "step", "kept", "number", "status",
                                     "finished", "\n===\n", "\0\0\0\0"sv, "\1\0\0\0"sv, "\xff\xff\xff\xff"sv,
                                     "\2\0\0\0\0\0\0\xf0\x3f"sv, "\1\xff\xff\xff\xff\xff\xff\xff\x7f"sv}};
  return target;
}

}  // namespace groklab
