// An operation as one description: how a configuration names it, its keys and checks, its table, and its symmetry.
// Each is described in its own source file and listed once, in components/table.cc.
#pragma once

#include <string_view>
#include <vector>

#include "groklab/config/component.h"
#include "groklab/task.h"

namespace groklab {

/// Whose elements the symbols of a table are.
enum class SymbolGroup {
  kNone,
  kResidues,   ///< Z_p under addition, p = task.modulus
  kUnits,      ///< the units modulo p under multiplication, where p is a prime; 0 lies outside
  kTaskGroup,  ///< task.group
};
/// What the label is in that group. Its law fixes how shifting x and y shifts the label.
enum class GroupLaw {
  kNone,       ///< no law is known: the table has no known symmetry
  kProduct,    ///< x y (x + y among residues)
  kQuotient,   ///< x y^-1
  kConjugate,  ///< x y x^-1
  kSandwich,   ///< x y x
};
/// What probes know of a table. Symbols without a law (polynomials): networks may use the group's frequencies all the
/// same.
struct Invariance {
  SymbolGroup symbols = SymbolGroup::kNone;
  GroupLaw law = GroupLaw::kNone;
};

struct OperationDescriptor {
  ComponentSpec spec;  ///< of the choice task.operation; its meaning starts with the formula
  /// The table with its true labels, of a resolved section.
  Task (*build)(const TaskConfig& config);
  Invariance invariance = {};
  bool is_binary = true;  ///< two inputs per row
};

/// Every operation, in the order in which help lists them. Defined in components/table.cc.
const std::vector<const OperationDescriptor*>& operation_descriptors();

/// The one with this name, or of this formula, which must exist.
const OperationDescriptor& operation_descriptor(std::string_view name);

}  // namespace groklab
