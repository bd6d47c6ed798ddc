// The explicit table of components, see config/component.h. A new one is its source file, its test and a line here.
#include "groklab/config/component.h"
#include "groklab/optim/optimizer_specs.h"
#include "groklab/probe/probe.h"

namespace groklab {

const std::vector<const ComponentSpec*>& component_specs() {
  static const std::vector<const ComponentSpec*> specs = [] {
    std::vector<const ComponentSpec*> all = {&adamw_spec(), &adam_spec(), &sgd_spec()};
    for (const ProbeSpec* probe : probe_table()) all.push_back(&probe->component);
    return all;
  }();
  return specs;
}

}  // namespace groklab
