// What task.operation says: the name of an operation, or a formula.
#pragma once

#include <string>
#include <string_view>

#include "groklab/config.h"

namespace groklab {

/// The component that computes formulas. It is no value of task.operation.
inline constexpr std::string_view kFormulaOperation = "formula";

/// The operation's component: a name is its own; a formula is that of the operation whose formula it is, else
/// kFormulaOperation.
std::string operation_name(const std::string& operation);

/// A formula becomes the operation whose formula it is, or its one spelling; "mod 47" becomes task.modulus. Doing it
/// twice changes nothing. Throws Error(kConfig) for a wrong formula, or if task.modulus is neither that nor its
/// default.
void resolve_operation(TaskConfig& task);

}  // namespace groklab
