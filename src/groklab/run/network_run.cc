// See network_run.h.
#include "groklab/run/network_run.h"

#include <utility>

#include "groklab/config/probe_set.h"

namespace groklab {

NetworkRun::NetworkRun(const ResolvedConfig& config, Task task, Split split, ThreadPool& pool,
                       std::string_view instruction_set)
    : parts_(new Parts{config, std::move(task), std::move(split), pool, nullptr, nullptr}) {
  parts_->engine = make_engine(config, parts_->task, parts_->split, pool, instruction_set);
}

NetworkRun::NetworkRun(const ResolvedConfig& config, ThreadPool& pool, std::string_view instruction_set)
    : parts_(new Parts{config, make_task(config), {}, pool, nullptr, nullptr}) {
  parts_->split = make_split(config, parts_->task);
  parts_->engine = make_engine(config, parts_->task, parts_->split, pool, instruction_set);
}

const Prober& NetworkRun::prober() const {
  if (parts_->prober == nullptr) {
    parts_->prober = std::make_unique<const Prober>(parts_->config, parts_->task, parts_->split);
  }
  return *parts_->prober;
}

std::function<ProbeResult(Engine&)> NetworkRun::training_probe() const {
  if (config()->train.probe_every == 0) return {};
  const ProbeSet set = parse_probes(config()->train.probes, "train.probes");
  return [&prober = prober(), set](Engine& engine) { return prober.read(engine, set, false); };
}

}  // namespace groklab
