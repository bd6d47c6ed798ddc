// See mixed_start.h.
#include "groklab/lab/mixed_start.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "groklab/base/error.h"
#include "groklab/lab/prepared_run.h"
#include "groklab/probe/balance.h"
#include "groklab/probe/causal.h"
#include "groklab/probe/prober.h"
#include "groklab/run/network_run.h"

namespace groklab {
namespace {

double ratio_from_record(const Record& record) {
  const double memorised = record.train.correct_logit_centred - record.test.correct_logit_centred;
  return memorised > 0 ? record.test.correct_logit_centred / memorised : std::numeric_limits<double>::quiet_NaN();
}

double ratio_of_network(const NetworkRun& network, const std::optional<SymmetryOrbits>& orbits) {
  if (orbits) {
    const std::vector<std::int64_t> rows = all_rows(network.task());
    const std::vector<double> logits =
        class_logits(network.engine().logits(rows), network.engine().logit_columns(), network.task());
    const BalanceMetrics balance = measure_balance(*orbits, network.task(), network.split(), logits);
    if (balance.undefined.empty()) return balance.ratio;
  }
  return ratio_from_record(network.engine().measure());
}

}  // namespace

std::vector<MixedState> mixed_states(const Store& store, const std::string& id, ThreadPool& pool) {
  PreparedRun run = prepare_stored_run(store, id);
  const NetworkRun network(run.config, std::move(run.task), std::move(run.split), pool);
  std::optional<SymmetryOrbits> orbits;
  if (probes_fit(network.task())) orbits = task_orbits(network.config()->task, network.task());
  std::vector<MixedState> states;
  for (const CheckpointInfo& checkpoint : store.checkpoints(id)) {
    network.engine().import_state(store.load_checkpoint(id, checkpoint.step, network.engine().layout()));
    states.push_back({checkpoint.step, ratio_of_network(network, orbits)});
  }
  return states;
}

std::optional<MixedState> nearest_mixture(const std::vector<MixedState>& states, double ratio) {
  std::optional<MixedState> nearest;
  for (const MixedState& state : states) {
    if (!(state.ratio > 0) || std::isinf(state.ratio)) continue;
    const auto distance = [&](const MixedState& s) { return std::abs(std::log(s.ratio / ratio)); };
    if (!nearest || distance(state) <= distance(*nearest)) nearest = state;
  }
  return nearest;
}

MixedState mixed_start(const Store& store, const std::string& id, double ratio, ThreadPool& pool) {
  const std::vector<MixedState> states = mixed_states(store, id, pool);
  const std::optional<MixedState> nearest = nearest_mixture(states, ratio);
  if (!nearest) {
    fail(ErrorKind::kInput,
         "run {}: expected a stored state with rho within a factor {} of {}, found none among {} with "
         "a positive rho",
         id, kMixedWithin, ratio, states.size());
  }
  if (std::abs(std::log(nearest->ratio / ratio)) > std::log(kMixedWithin)) {
    fail(ErrorKind::kInput,
         "run {}: expected a stored state with rho within a factor {} of {}, found {:.3g} at step {} as "
         "the nearest of {}",
         id, kMixedWithin, ratio, nearest->ratio, nearest->step, states.size());
  }
  return *nearest;
}

std::optional<double> parse_balance(const std::string& text) {
  constexpr std::string_view kWord = "balance";
  if (text.rfind(kWord, 0) != 0) return std::nullopt;
  if (text == kWord) return 1.0;
  double ratio = 0;
  const char* const begin = text.data() + kWord.size() + 1;
  const char* const end = text.data() + text.size();
  if (text[kWord.size()] != '=') return std::nullopt;
  const auto [stop, error] = std::from_chars(begin, end, ratio);
  if (error != std::errc() || stop != end || !(ratio > 0) || std::isinf(ratio)) {
    fail(ErrorKind::kConfig, "--at: expected balance=RATIO with a ratio above 0, found '{}'", text);
  }
  return ratio;
}

}  // namespace groklab
