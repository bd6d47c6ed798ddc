// An operation that groklab does not know, x o y = max(x, y), and a measurement of its own at every evaluation step:
// on how many pairs the network gives (x, y) and (y, x) the same answer. Stops when it does so on all of them, after
// it has learnt its training rows.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "groklab/config.h"
#include "groklab/run.h"
#include "groklab/task.h"

constexpr std::int64_t kSymbols = 13;

/// The class of the largest logit, for every row.
std::vector<std::int64_t> answers(groklab::Run& run) {
  const std::vector<double> logits = run.logits(groklab::all_rows(run.task()));
  const std::int64_t columns = run.logit_columns();
  std::vector<std::int64_t> classes;
  for (auto row = logits.begin(); row != logits.end(); row += columns) {
    classes.push_back(std::max_element(row, row + columns) - row);
  }
  return classes;
}

/// Fraction of the pairs x < y on which the network commutes. Row x n + y of the table holds (x, y).
double commuting_fraction(groklab::Run& run) {
  const std::vector<std::int64_t> answer = answers(run);
  int pairs = 0, same = 0;
  for (std::int64_t x = 0; x < kSymbols; ++x) {
    for (std::int64_t y = x + 1; y < kSymbols; ++y, ++pairs) {
      same += answer[x * kSymbols + y] == answer[y * kSymbols + x] ? 1 : 0;
    }
  }
  return static_cast<double>(same) / pairs;
}

int main() {
  groklab::Config config = groklab::parse_config_text(
      "[split]\ntrain_fraction = 0.6\n[model]\nd_model = 32\n[train]\nsteps = 5000\nevaluate_every = 50\n", "example");
  groklab::RunParts parts;
  parts.task =
      groklab::task_of_operation("max(x, y)", kSymbols, [](std::int64_t x, std::int64_t y) { return std::max(x, y); });
  groklab::Run run(config, parts);
  const groklab::Outcome outcome = run.train([](groklab::Run& self, const groklab::Record& record) {
    const double commuting = commuting_fraction(self);
    std::printf("step %lld: test accuracy %.3f, commutes on %.3f of the pairs\n", static_cast<long long>(record.step),
                record.test.accuracy, commuting);
    return commuting == 1.0 && record.train.accuracy == 1.0 ? groklab::Next::kStop : groklab::Next::kContinue;
  });
  std::printf("%s at step %lld: %s\n", groklab::run_status_name(outcome.status), static_cast<long long>(outcome.step),
              outcome.reason.c_str());
}
