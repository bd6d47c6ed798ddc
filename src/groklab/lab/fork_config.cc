// See fork_config.h.
#include "groklab/lab/fork_config.h"

#include "groklab/config.h"
#include "groklab/config/change.h"
#include "groklab/lab/stored_inputs.h"

namespace groklab {

Config fork_config(const Store& store, const std::string& parent_id, std::int64_t step,
                   const std::vector<std::string>& assignments) {
  Config config = store.run(parent_id).config;
  find_inputs(store, config);
  config.fork = ForkConfig{};
  config.fork.run = parent_id;
  config.fork.step = step;
  change_config(config, assignments);
  return config;
}

}  // namespace groklab
