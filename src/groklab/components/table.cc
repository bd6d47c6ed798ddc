// The explicit table of components, see config/component.h. A new one is its source file, its test and a line here:
// NAME in a list stands for the function that its source file defines, such as adamw_optimizer().
#include "groklab/config/component.h"
#include "groklab/model/architecture.h"
#include "groklab/model/hidden_filter.h"
#include "groklab/model/loss.h"
#include "groklab/optim/constraint.h"
#include "groklab/optim/optimizer.h"
#include "groklab/optim/penalty.h"
#include "groklab/probe/probe.h"
#include "groklab/task/group_operations.h"
#include "groklab/task/labels.h"
#include "groklab/task/modular.h"
#include "groklab/task/operation.h"
#include "groklab/train/event_rule.h"

/// Operations that are no lines of the tables in modular.cc and group_operations.cc.
#define GROKLAB_OPERATIONS(ENTRY) \
  ENTRY(user_table)               \
  ENTRY(rows)                     \
  ENTRY(digits)                   \
  ENTRY(parity)                   \
  ENTRY(maximum)                  \
  ENTRY(formula)

// clang-format off
#define GROKLAB_OPTIMIZERS(ENTRY)  \
  ENTRY(adamw)                     \
  ENTRY(adam)                      \
  ENTRY(sgd)                       \
  ENTRY(muon)                      \
  ENTRY(sam)                       \
  ENTRY(orthogonal)                \
  ENTRY(grokfast)                  \
  /* optimisers end here */

#define GROKLAB_PENALTIES(ENTRY)   \
  ENTRY(l1)                        \
  ENTRY(nuclear)                   \
  /* penalties end here */

#define GROKLAB_CONSTRAINTS(ENTRY) \
  ENTRY(norm)                      \
  /* constraints end here */
// clang-format on

#define GROKLAB_ARCHITECTURES(ENTRY) \
  ENTRY(transformer)                 \
  ENTRY(mlp)                         \
  ENTRY(one_hot_mlp)                 \
  ENTRY(number_mlp)

#define GROKLAB_LOSSES(ENTRY) \
  ENTRY(cross_entropy)        \
  ENTRY(mean_squared)         \
  ENTRY(stable_max)

#define GROKLAB_HIDDEN_FILTERS(ENTRY) ENTRY(dropout)

#define GROKLAB_PROBES(ENTRY) \
  ENTRY(circuits)             \
  ENTRY(balance)              \
  ENTRY(efficiency)           \
  ENTRY(frequencies)          \
  ENTRY(neurons)              \
  ENTRY(weights)              \
  ENTRY(geometry)             \
  ENTRY(subnetwork)           \
  ENTRY(ablation)

namespace groklab {

#define DECLARE(name) const OperationDescriptor& name##_operation();
#define POINTER(name) &name##_operation(),
GROKLAB_OPERATIONS(DECLARE)
const std::vector<const OperationDescriptor*>& operation_descriptors() {
  static const std::vector<const OperationDescriptor*> list = [] {
    std::vector<const OperationDescriptor*> all;
    for (const OperationDescriptor& operation : modular_descriptors()) all.push_back(&operation);
    for (const OperationDescriptor& operation : group_descriptors()) all.push_back(&operation);
    all.insert(all.end(), {GROKLAB_OPERATIONS(POINTER)});
    return all;
  }();
  return list;
}
#undef DECLARE
#undef POINTER

#define DECLARE(name) const ArchitectureDescriptor& name##_architecture();
#define POINTER(name) &name##_architecture(),
GROKLAB_ARCHITECTURES(DECLARE)
const std::vector<const ArchitectureDescriptor*>& architectures() {
  static const std::vector<const ArchitectureDescriptor*> list = {GROKLAB_ARCHITECTURES(POINTER)};
  return list;
}
#undef DECLARE
#undef POINTER

#define DECLARE(name) const LossDescriptor& name##_loss();
#define POINTER(name) &name##_loss(),
GROKLAB_LOSSES(DECLARE)
const std::vector<const LossDescriptor*>& losses() {
  static const std::vector<const LossDescriptor*> list = {GROKLAB_LOSSES(POINTER)};
  return list;
}
#undef DECLARE
#undef POINTER

#define DECLARE(name) const HiddenFilterDescriptor& name##_filter();
#define POINTER(name) &name##_filter(),
GROKLAB_HIDDEN_FILTERS(DECLARE)
const std::vector<const HiddenFilterDescriptor*>& hidden_filters() {
  static const std::vector<const HiddenFilterDescriptor*> list = {GROKLAB_HIDDEN_FILTERS(POINTER)};
  return list;
}
#undef DECLARE
#undef POINTER

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

#define DECLARE(name) const ProbeDescriptor& name##_probe();
#define POINTER(name) &name##_probe(),
GROKLAB_PROBES(DECLARE)
const std::vector<const ProbeDescriptor*>& probe_table() {
  static const std::vector<const ProbeDescriptor*> list = {GROKLAB_PROBES(POINTER)};
  return list;
}
#undef DECLARE
#undef POINTER

const std::vector<const ComponentSpec*>& component_specs() {
  static const std::vector<const ComponentSpec*> specs = [] {
    std::vector<const ComponentSpec*> all;
    for (const OperationDescriptor* operation : operation_descriptors()) all.push_back(&operation->spec);
    for (const ComponentSpec& labels : label_specs()) all.push_back(&labels);
    for (const ArchitectureDescriptor* architecture : architectures()) all.push_back(&architecture->spec);
    for (const LossDescriptor* loss : losses()) all.push_back(&loss->spec);
    for (const OptimizerDescriptor* optimizer : optimizers()) all.push_back(&optimizer->spec);
    for (const PenaltyDescriptor* penalty : penalties()) all.push_back(&penalty->spec);
    for (const ConstraintDescriptor* constraint : constraints()) all.push_back(&constraint->spec);
    for (const HiddenFilterDescriptor* filter : hidden_filters()) all.push_back(&filter->spec);
    for (const ProbeDescriptor* probe : probe_table()) all.push_back(&probe->spec);
    all.push_back(&event_rule_spec());
    return all;
  }();
  return specs;
}

}  // namespace groklab
