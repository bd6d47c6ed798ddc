// See bench_view.h.
#include "bench_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "groklab/base/join.h"

namespace groklab::cli {

const char* const kBenchHeader =
    "case      threads  precision   ms/step   GFLOP  by layers  FMA peak  library  roofline  (least-most)  target  "
    "steps/s  record  probes  memory  round trip\n";

namespace {

std::string settings_of(const BenchResult& r) { return join(r.settings, " "); }

std::string comparison_line(const BenchResult& r) {
  const BenchComparison& against = *r.against;
  if (!against.has_case) return fmt::format("          {} has no case {}\n", against.program, r.name);
  return fmt::format("          {:.2f} times as fast as {} ({:.2f}-{:.2f}), which takes {:.3f} ms\n",
                     against.times_as_fast, against.program, against.times_as_fast_low, against.times_as_fast_high,
                     against.ms_per_step);
}

/// Different values of `of(result)`, in the order in which they come.
template <typename Of>
auto distinct(const std::vector<BenchResult>& results, const Of& of) {
  std::vector<decltype(of(results.front()))> values;
  for (const BenchResult& r : results) {
    if (std::find(values.begin(), values.end(), of(r)) == values.end()) values.push_back(of(r));
  }
  return values;
}

/// Of measurements of one case.
std::string table_of_case(const std::vector<BenchResult>& results) {
  const auto threads = distinct(results, [](const BenchResult& r) { return r.threads; });
  const auto settings = distinct(results, settings_of);
  std::size_t width = results.front().name.size();
  for (const std::string& s : settings) width = std::max(width, s.size());
  std::string text = fmt::format("{:<{}}", results.front().name, width);
  for (const int n : threads) text += fmt::format("  {:>16}", fmt::format("{} thread{}", n, n == 1 ? "" : "s"));
  text += '\n';
  for (const std::string& s : settings) {
    text += fmt::format("{:<{}}", s, width);
    for (const int n : threads) {
      const auto found = std::find_if(results.begin(), results.end(),
                                      [&](const BenchResult& r) { return r.threads == n && settings_of(r) == s; });
      const bool measured = found != results.end();
      text += fmt::format("  {:>16}", measured ? fmt::format("{:.3f} ({:.2f})", found->ms_per_step,
                                                             results.front().ms_per_step / found->ms_per_step)
                                               : "-");
    }
    text += '\n';
  }
  return text;
}

}  // namespace

std::string bench_row(const BenchResult& r) {
  const std::string library = r.library_gemm > 0 ? fmt::format("{:.0f}", r.library_gemm / 1e9) : "-";
  const std::string target = r.target > 0 ? fmt::format("{:.2f}", r.target) : "-";
  const std::string record = r.record_fraction > 0 ? fmt::format("{:.1f}%", 100 * r.record_fraction) : "-";
  const std::string probe = r.probe_fraction > 0 ? fmt::format("{:.1f}%", 100 * r.probe_fraction) : "-";
  const std::string trip = r.round_trip_ns > 0 ? fmt::format("{:.0f} ns", r.round_trip_ns) : "-";
  std::string text = fmt::format(
      "{:<9} {:>7}  {:<9} {:>9.3f} {:>7.3f} {:>10.3f} {:>9.0f} {:>8} {:>9.3f}  ({:.3f}-{:.3f}) {:>7} {:>8.0f} {:>7} "
      "{:>7} {:>4.0f} MB {:>11}",
      r.name, r.threads, r.precision, r.ms_per_step, r.flop_per_step / 1e9, r.layerwise_flop / 1e9, r.fma_peak / 1e9,
      library, r.roofline, r.roofline_low, r.roofline_high, target, r.steps_per_second, record, probe, r.memory_mb,
      trip);
  if (!r.settings.empty()) text += "  " + settings_of(r);
  text += '\n';
  if (r.against) text += comparison_line(r);
  return text;
}

std::string thread_table(const std::vector<BenchResult>& results) {
  std::string text;
  for (const std::string& name : distinct(results, [](const BenchResult& r) { return r.name; })) {
    std::vector<BenchResult> of_case;
    std::copy_if(results.begin(), results.end(), std::back_inserter(of_case),
                 [&](const BenchResult& r) { return r.name == name; });
    if (of_case.size() > 1) text += table_of_case(of_case);
  }
  return text.empty() ? "" : "\nms/step (times as fast as the first)\n" + text;
}

}  // namespace groklab::cli
