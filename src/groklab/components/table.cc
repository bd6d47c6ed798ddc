// The explicit table of components, see config/component.h. A new one is its source file, its test and a line here.
#include "groklab/config/component.h"
#include "groklab/optim/optimizer_specs.h"

namespace groklab {

const std::vector<const ComponentSpec*>& component_specs() {
  static const std::vector<const ComponentSpec*> specs = {&adamw_spec(), &adam_spec(), &sgd_spec()};
  return specs;
}

}  // namespace groklab
