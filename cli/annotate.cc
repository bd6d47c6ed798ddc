// groklab annotate
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "groklab/base/error.h"
#include "groklab/base/join.h"
#include "groklab/view/text.h"
#include "options.h"
#include "run_choice.h"
#include "run_text.h"

namespace groklab::cli {
namespace {

struct AnnotateOptions {
  RunChoice choice;
  AnnotationChange change;
  StoreOption store;
};

int annotate(const AnnotateOptions& options) {
  const AnnotationChange& change = options.change;
  if (!change.name && !change.note && change.tags.empty() && change.untags.empty()) {
    fail(ErrorKind::kConfig, "annotate: expected --name, --tag, --untag or --note, found none of them");
  }
  Store store = options.store.open_existing();
  const std::vector<std::string> ids = options.choice.ids(store, "annotate");
  store.annotate(ids, change);
  if (ids.size() > 1) {
    write_text(fmt::format("{} runs\n", format_count(static_cast<std::int64_t>(ids.size()))));
    return kExitOk;
  }
  const std::string lines = annotation_lines(store.run(ids.front()).annotation);
  write_text(fmt::format("run {}\n{}", ids.front(), lines));
  return kExitOk;
}

}  // namespace

void add_annotate(CLI::App& program, Action& action) {
  auto options = std::make_shared<AnnotateOptions>();
  AnnotationChange& change = options->change;
  CLI::App* command =
      program.add_subcommand("annotate", "Give runs a name, tags or a note; their results stay as they are");
  options->choice.add_to(*command);
  command->add_option("--name", change.name, "One run's name, accepted wherever a run is named; '' takes it away");
  command->add_option("--tag", change.tags, "A tag to add; repeatable")->allow_extra_args(false);
  command->add_option("--untag", change.untags, "A tag to take away; repeatable")->allow_extra_args(false);
  command->add_option("--note", change.note, "A line of text; '' takes it away");
  options->store.add_to(*command);
  command->callback([options, &action] { action = [options] { return annotate(*options); }; });
}

}  // namespace groklab::cli
