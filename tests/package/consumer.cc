// Trains into a store in two goes, loads and forks what is there, and writes its page; see run.cmake.
#include <groklab/report.h>
#include <groklab/store.h>
#include <groklab/version.h>

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  using namespace groklab;
  if (argc != 2) return 2;
  RunStore store(argv[1]);
  const Config config =
      parse_config_text("[task]\nmodulus = 7\n[model]\nd_model = 16\n[train]\nsteps = 40\n", "consumer");
  StoreTrainingOptions options;
  options.observer = [](const Record& record) { return record.step == 10 ? Next::kStop : Next::kContinue; };
  const Outcome first = store.train(config, options).outcome;
  const StoreTrainingResult second = store.train(config);
  const Run loaded = store.load(second.id);
  Run fork = loaded.fork({"split.train_size=10"});
  fork.train_to(5);
  const std::string page = report_page(store, {"last"});
  std::printf("groklab %s: %s at %d, %s at %d, loaded step %d with %zu records, fork of %zu rows at %d, page %s\n",
              version(), run_status_name(first.status), static_cast<int>(first.step),
              run_status_name(second.outcome.status), static_cast<int>(second.outcome.step),
              static_cast<int>(loaded.step()), loaded.records().size(), fork.split().train.size(),
              static_cast<int>(fork.step()), page.rfind("<!", 0) == 0 ? "written" : "missing");
}
