// Results of the benchmark: as JSON, several as one, and out of a process of their own. See bench.h.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "groklab/analysis/estimate.h"
#include "groklab/base/error.h"
#include "groklab/base/json_fields.h"
#include "groklab/bench/bench.h"

namespace groklab {

template <Struct<BenchComparison> S, typename Visit>
void visit_fields(S& c, Visit&& visit) {
  visit("program", c.program);
  visit("has_case", c.has_case);
  visit("ms_per_step", c.ms_per_step);
  visit("times_as_fast", c.times_as_fast);
  visit("times_as_fast_low", c.times_as_fast_low);
  visit("times_as_fast_high", c.times_as_fast_high);
}

// The child sends its result as this plain struct's JSON; fields are listed once, here.
template <Struct<BenchResult> S, typename Visit>
void visit_fields(S& r, Visit&& visit) {
  visit("name", r.name);
  visit("threads", r.threads);
  visit("precision", r.precision);
  visit("ms_per_step", r.ms_per_step);
  visit("flop_per_step", r.flop_per_step);
  visit("layerwise_flop", r.layerwise_flop);
  visit("fma_peak", r.fma_peak);
  visit("library_gemm", r.library_gemm);
  visit("roofline", r.roofline);
  visit("roofline_low", r.roofline_low);
  visit("roofline_high", r.roofline_high);
  visit("steps_per_second", r.steps_per_second);
  visit("record_fraction", r.record_fraction);
  visit("probe_fraction", r.probe_fraction);
  visit("round_trip_ns", r.round_trip_ns);
  visit("memory_mb", r.memory_mb);
  visit("target", r.target);
  visit("settings", r.settings);
  visit("against", r.against);
}

nlohmann::ordered_json bench_result_json(const BenchResult& result) { return fields_to_json(result); }

BenchResult median_result(const std::vector<BenchResult>& results) {
  require(!results.empty(), "median_result needs a result");
  std::vector<std::vector<double>> numbers;  // [fields that are numbers][results]
  for (const BenchResult& result : results) {
    std::size_t at = 0;
    visit_fields(result, [&](const char*, const auto& field) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, double>) {
        if (at == numbers.size()) numbers.emplace_back();
        numbers[at++].push_back(field);
      }
    });
  }
  BenchResult median = results.front();
  std::size_t at = 0;
  visit_fields(median, [&](const char*, auto& field) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, double>) field = median_of(numbers[at++]);
  });
  for (const BenchResult& result : results) {
    median.roofline_low = std::min(median.roofline_low, result.roofline_low);
    median.roofline_high = std::max(median.roofline_high, result.roofline_high);
  }
  return median;
}

namespace {

struct FromChild {
  int status = 0;
  std::string text;
};

/// Runs `work`, which gives a text, in a child process.
template <typename Work>
FromChild in_child(const Work& work) {
  int ends[2];
  if (pipe(ends) != 0) fail(ErrorKind::kInternal, "bench: pipe failed: {}", std::strerror(errno));
  const pid_t child = fork();
  if (child < 0) fail(ErrorKind::kInternal, "bench: fork failed: {}", std::strerror(errno));
  if (child == 0) {
    close(ends[0]);
    int status = 0;
    try {
      const std::string text = work();
      if (write(ends[1], text.data(), text.size()) != static_cast<ssize_t>(text.size())) status = 1;
    } catch (...) {
      status = 1;
    }
    _exit(status);  // no destructors of the parent's objects in the child
  }
  close(ends[1]);
  FromChild result;
  char buffer[4096];
  for (ssize_t n = read(ends[0], buffer, sizeof(buffer)); n > 0; n = read(ends[0], buffer, sizeof(buffer))) {
    result.text.append(buffer, static_cast<std::size_t>(n));
  }
  close(ends[0]);
  waitpid(child, &result.status, 0);
  return result;
}

}  // namespace

BenchResult run_bench_isolated(const BenchCase& bench_case, const BenchOptions& options) {
  const FromChild child = in_child([&]() -> std::string {
    try {
      return bench_result_json(run_bench(bench_case, options)).dump();
    } catch (const Error& error) {
      return nlohmann::ordered_json{{"kind", static_cast<int>(error.kind())}, {"error", error.what()}}.dump();
    }
  });
  const auto json = nlohmann::ordered_json::parse(child.text, nullptr, false);
  if (child.status != 0 || json.is_discarded()) {
    fail(ErrorKind::kInternal, "bench: case {} failed in its process (status {})", bench_case.name, child.status);
  }
  if (json.contains("error")) {
    throw Error(static_cast<ErrorKind>(json["kind"].get<int>()),
                fmt::format("bench {}: {}", bench_case.name, json["error"].get<std::string>()));
  }
  BenchResult result;
  fields_from_json(json, result);
  return result;
}

}  // namespace groklab
