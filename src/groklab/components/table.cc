// The explicit table of components, see config/component.h. A new one is its source file, its test and a line here:
// NAME in a list stands for the function that its source file defines, such as adamw_optimizer().
#include "groklab/config/component.h"
#include "groklab/optim/constraint.h"
#include "groklab/optim/optimizer.h"
#include "groklab/optim/penalty.h"

#define GROKLAB_OPTIMIZERS(ENTRY) \
  ENTRY(adamw)                    \
  ENTRY(adam)                     \
  ENTRY(sgd)

#define GROKLAB_PENALTIES(ENTRY)

#define GROKLAB_CONSTRAINTS(ENTRY)

namespace groklab {

#define DECLARE(name) const OptimizerDescriptor& name##_optimizer();
#define POINTER(name) &name##_optimizer(),
GROKLAB_OPTIMIZERS(DECLARE)
const std::vector<const OptimizerDescriptor*>& optimizers() {
  static const std::vector<const OptimizerDescriptor*> list = {GROKLAB_OPTIMIZERS(POINTER)};
  return list;
}
#undef DECLARE
#undef POINTER

#define DECLARE(name) const PenaltyDescriptor& name##_penalty();
#define POINTER(name) &name##_penalty(),
GROKLAB_PENALTIES(DECLARE)
const std::vector<const PenaltyDescriptor*>& penalties() {
  static const std::vector<const PenaltyDescriptor*> list = {GROKLAB_PENALTIES(POINTER)};
  return list;
}
#undef DECLARE
#undef POINTER

#define DECLARE(name) const ConstraintDescriptor& name##_constraint();
#define POINTER(name) &name##_constraint(),
GROKLAB_CONSTRAINTS(DECLARE)
const std::vector<const ConstraintDescriptor*>& constraints() {
  static const std::vector<const ConstraintDescriptor*> list = {GROKLAB_CONSTRAINTS(POINTER)};
  return list;
}
#undef DECLARE
#undef POINTER

const std::vector<const ComponentSpec*>& component_specs() {
  static const std::vector<const ComponentSpec*> specs = [] {
    std::vector<const ComponentSpec*> all;
    for (const OptimizerDescriptor* optimizer : optimizers()) all.push_back(&optimizer->spec);
    for (const PenaltyDescriptor* penalty : penalties()) all.push_back(&penalty->spec);
    for (const ConstraintDescriptor* constraint : constraints()) all.push_back(&constraint->spec);
    return all;
  }();
  return specs;
}

}  // namespace groklab
