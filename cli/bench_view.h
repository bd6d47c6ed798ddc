// What `groklab bench` prints: a line per measurement, and a table of threads where there are several.
#pragma once

#include <string>
#include <vector>

#include "groklab/bench/bench.h"

namespace groklab::cli {

/// Names of the columns of bench_row, one line.
extern const char* const kBenchHeader;
/// A measurement, and below it how it compares with another program if it was measured beside one.
std::string bench_row(const BenchResult& result);
/// The cases that were measured more than once: a line for each setting, a column for each number of
/// threads; milliseconds of a step, and how many times as fast that is as the case's first measurement. "" for none.
std::string thread_table(const std::vector<BenchResult>& results);

}  // namespace groklab::cli
