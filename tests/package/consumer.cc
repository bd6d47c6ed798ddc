// Trains ten steps through the installed headers and library; see run.cmake.
#include <groklab/base/version.h>
#include <groklab/config/fields.h>
#include <groklab/engine/engine.h>

#include <cstdio>

int main() {
  using namespace groklab;
  const ResolvedConfig config = resolve_config(parse_config_text("[task]\nmodulus = 7\n[model]\nd_model = 16\n", "consumer"));
  const Task task = make_task(config);
  ThreadPool pool(1);
  const auto engine = make_engine(config, task, make_split(config, task), pool);
  engine->initialise();
  const bool finite = engine->advance(10);
  std::printf("groklab %s, step %d\n", version(), static_cast<int>(engine->step()));
  return finite && engine->step() == 10 ? 0 : 1;
}
