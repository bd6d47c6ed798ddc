// Trains the network of a configuration file and prints its curve: step, accuracy and loss of both groups of rows.
//   train_curve CONFIG.toml [THREADS]
#include <cstdio>
#include <cstdlib>

#include "groklab/config.h"
#include "groklab/error.h"
#include "groklab/run.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: train_curve CONFIG.toml [THREADS]\n");
    return 2;
  }
  try {
    groklab::RunOptions options;
    if (argc > 2) options.threads = std::atoi(argv[2]);
    groklab::Run run(groklab::read_config_file(argv[1]), options);
    std::printf("# run %s: %s, %zu of %lld rows train\n", run.id().c_str(), run.task().name.c_str(),
                run.split().train.size(), static_cast<long long>(run.task().n_rows));
    std::printf("step,train_accuracy,test_accuracy,train_loss,test_loss\n");
    const groklab::Outcome outcome = run.train([](groklab::Run&, const groklab::Record& record) {
      std::printf("%lld,%.4f,%.4f,%.6g,%.6g\n", static_cast<long long>(record.step), record.train.accuracy,
                  record.test.accuracy, record.train.loss, record.test.loss);
      return groklab::Next::kContinue;
    });
    std::printf("# %s at step %lld %s\n", groklab::run_status_name(outcome.status),
                static_cast<long long>(outcome.step), outcome.reason.c_str());
  } catch (const groklab::Error& error) {
    std::fprintf(stderr, "train_curve: %s\n", error.what());
    return 1;
  }
}
