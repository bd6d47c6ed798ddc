// The opaque bytes of RunState, which a caller may have kept in a file.
#include <span>

#include "fuzz.h"
#include "groklab/run/state_bytes.h"

namespace groklab {
namespace {

void run(std::string_view bytes) {
  const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
  const OwnedState state = state_from_bytes({begin, bytes.size()});
  must_hold(state.state.precision == Precision::kFloat32 || state.state.precision == Precision::kFloat64,
            "a precision");
  must_hold(state_to_bytes(state).size() <= bytes.size(), "nothing that was not there");
}

}  // namespace

const FuzzTarget& state_target() {
  static const FuzzTarget target = {
      "state",
      run,
      {"GKstate1", std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff", 8), std::string_view("\0\0\0\0\0\0\0\0", 8)}};
  return target;
}

}  // namespace groklab
