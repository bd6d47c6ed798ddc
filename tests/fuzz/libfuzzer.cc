// libFuzzer's entry: the target is fixed when it is compiled (GROKLAB_FUZZ_TARGET).
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const groklab::FuzzTarget& target = groklab::fuzz_target(GROKLAB_FUZZ_TARGET);
  const std::string complaint = groklab::complaint_about(target, {reinterpret_cast<const char*>(data), size});
  if (complaint.empty()) return 0;
  std::fprintf(stderr, "%s: %s\n", target.name, complaint.c_str());
  std::abort();
}
