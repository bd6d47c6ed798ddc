// Looks into a network that something else trained: weights with TransformerLens names from a safetensors file, the
// task from a configuration file, and what the probes say of its two circuits and its frequencies.
//   imported_weights WEIGHTS.safetensors CONFIG.toml
#include <cstdio>

#include "groklab/config.h"
#include "groklab/error.h"
#include "groklab/run.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: imported_weights WEIGHTS.safetensors CONFIG.toml\n");
    return 2;
  }
  try {
    groklab::Run run = groklab::Run::from_weights(groklab::read_weights(argv[1]), groklab::read_config_file(argv[2]));
    const groklab::Record now = run.measure();
    std::printf("%s: train accuracy %.4f, test accuracy %.4f, norm %.4f\n", run.task().name.c_str(), now.train.accuracy,
                now.test.accuracy, now.norm);
    for (const groklab::TensorShape& tensor : run.tensors()) {
      std::printf("  %-24s %lld numbers\n", tensor.name.c_str(), static_cast<long long>(tensor.size));
    }
    const groklab::ProbeResult seen = run.probe(groklab::probe_set("circuits,frequencies"));
    if (seen.circuits) {
      std::printf("invariant component: %.4f of the logits' squared norm, test accuracy %.4f\n",
                  seen.circuits->invariant_fraction, seen.circuits->invariant_test.accuracy);
    }
    if (seen.frequencies) {
      for (const long long key : seen.frequencies->logit_keys) {
        std::printf("key component %s: %.4f of the invariant component\n",
                    seen.frequencies->names[static_cast<std::size_t>(key)].c_str(),
                    seen.frequencies->logit_fraction[static_cast<std::size_t>(key)]);
      }
    }
  } catch (const groklab::Error& error) {
    std::fprintf(stderr, "imported_weights: %s\n", error.what());
    return 1;
  }
}
