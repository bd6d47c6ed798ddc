// TOML configurations: what is read can be resolved or is refused, and means the same after it was written.
#include "groklab/config.h"

#include "fuzz.h"

namespace groklab {
namespace {

void run(std::string_view bytes) {
  const Config config = parse_config_text(bytes, "fuzz.toml");
  const ResolvedConfig resolved = resolve_config(config);
  const Config again = parse_config_text(config_to_toml(*resolved), "again.toml");
  must_hold(resolve_config(again).id() == resolved.id(), "the same run after writing and reading");
  must_hold(!canonical_config(resolved).empty(), "an identity");
}

}  // namespace

const FuzzTarget& config_target() {
  static const FuzzTarget target = {"config",
                                    run,
                                    {"[",
                                     "]",
                                     "=",
                                     ".",
                                     "\"",
                                     "'''",
                                     "\"\"\"",
                                     "\\u0000",
                                     "inf",
                                     "nan",
                                     "-0",
                                     "9223372036854775807",
                                     "1e308",
                                     "seed",
                                     "[task]\n",
                                     "[model]\n",
                                     "[optim.muon]\n",
                                     "[train]\n",
                                     "modulus",
                                     "d_model",
                                     "steps",
                                     "n_heads",
                                     "{",
                                     "}",
                                     ",",
                                     "#",
                                     "\n",
                                     "1979-05-27T07:32:00Z",
                                     "operation = \"parity\"",
                                     "parity_bits",
                                     "0x7fffffff"}};
  return target;
}

}  // namespace groklab
