// See run_arithmetic.h.
#include "groklab/lab/run_arithmetic.h"

#include <algorithm>
#include <vector>

#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/engine/engine.h"

namespace groklab {
namespace {

bool machine_has(const std::string& name) {
  const std::vector<std::string> names = instruction_sets();
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The one that computed last of "AVX-512 + AVX2".
std::string last_of(const std::string& names) {
  const std::size_t plus = names.rfind(" + ");
  return plus == std::string::npos ? names : names.substr(plus + 3);
}

}  // namespace

RunArithmetic arithmetic_of_new_run(const std::string& wanted) {
  if (wanted.empty()) return {instruction_set_name(), false};
  if (!machine_has(wanted)) {
    fail(ErrorKind::kConfig, "instruction set: expected one that this machine has ({}), found {}",
         join(instruction_sets(), ", "), wanted);
  }
  return {wanted, false};
}

RunArithmetic arithmetic_of_stored_run(const RunInfo& info, const std::string& wanted) {
  const std::string own = last_of(info.instruction_set);
  if (wanted.empty() && own.empty()) return arithmetic_of_new_run("");  // an old store does not tell
  if (wanted.empty() && !machine_has(own)) {
    fail(ErrorKind::kStore,
         "run {}: expected a machine with {}, on which it was trained so far, found {}; another one gives other last "
         "bits: --isa {} goes on with it all the same, and the run says so from then on",
         info.id, own, join(instruction_sets(), ", "), instruction_set_name());
  }
  RunArithmetic result = arithmetic_of_new_run(wanted.empty() ? own : wanted);
  result.is_another = !own.empty() && result.name != own;
  return result;
}

RunArithmetic arithmetic_of_past_state(const RunInfo& info) {
  const std::string own = last_of(info.instruction_set);
  const bool is_one = own == info.instruction_set;
  if (is_one && machine_has(own)) return {own, false};
  return {instruction_set_name(), !own.empty()};
}

}  // namespace groklab
