// Conditions over runs, compiled by a real database: whatever is taken, SQLite takes too, and changes nothing.
#include "fuzz.h"
#include "groklab/config.h"
#include "groklab/store/store.h"
#include "groklab/store/support_test.h"

namespace groklab {
namespace {

struct StoreOfOne {
  TemporaryDirectory directory;
  Store store{directory.path() / "store"};
  StoreOfOne() { store.create_run("a", Config(), "machine", small_layout(), false); }
};

void run(std::string_view bytes) {
  static const StoreOfOne place;
  must_hold(place.store.runs(std::string(bytes)).size() <= 1, "at most the runs that there are");
  must_hold(place.store.contains("a"), "nothing changes");
}

}  // namespace

const FuzzTarget& condition_target() {
  static const FuzzTarget target = {"condition", run, {"'",     "''",      "(",        ")",      ",",
                                                       ";",     "--",      "/*",       " or ",   " and ",
                                                       "not ",  "is null", "like '%'", "in (1)", "between 1 and 2",
                                                       "=",     "<>",      "seed",     "status", "optim.learning_rate",
                                                       "1e-3",  "-",       "?1",       "select", "\"",
                                                       "x'00'", "\\"}};
  return target;
}

}  // namespace groklab
