// See fuzz.h.
#include "fuzz.h"

#include <fmt/format.h>

#include <exception>
#include <stdexcept>

#include "groklab/base/printable.h"
#include "groklab/error.h"

namespace groklab {
namespace {

constexpr std::size_t kLongestMessage = 500;

/// A property that does not hold; no Error, so that nobody takes it for a refusal.
struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace

const std::vector<FuzzTarget>& fuzz_targets() {
  static const std::vector<FuzzTarget> kTargets = {
      config_target(),      grid_target(),       table_target(),     rows_target(),     npy_target(),
      safetensors_target(), checkpoint_target(), store_row_target(), json_target(),     condition_target(),
      state_target(),       study_target(),      request_target(),   run_file_target(), pack_target(),
      formula_target(),     row_table_target()};
  return kTargets;
}

const FuzzTarget& fuzz_target(std::string_view name) {
  for (const FuzzTarget& target : fuzz_targets()) {
    if (name == target.name) return target;
  }
  throw std::out_of_range("no fuzz target " + std::string(name));
}

void must_hold(bool property, const char* what) {
  if (!property) throw Broken(what);
}

std::string complaint_about(const FuzzTarget& target, std::string_view bytes) {
  try {
    target.run(bytes);
    return "";
  } catch (const Error& error) {
    const std::string message = error.what();
    if (error.kind() == ErrorKind::kInternal) return "a defect: " + message;
    if (message.empty() || message.size() > kLongestMessage)
      return fmt::format("a message of {} bytes", message.size());
    // Escaping changes whatever is no valid UTF-8 or a control character; line ends become blanks.
    if (printable_line(message, kLongestMessage) != message) return "a message that is not printable: " + message;
    return "";
  } catch (const std::exception& error) {
    return std::string("another exception: ") + error.what();
  }
}

}  // namespace groklab
