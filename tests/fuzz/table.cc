// A user's own operation as CSV.
#include "fuzz.h"
#include "groklab/task/user_table.h"

namespace groklab {
namespace {

void run(std::string_view bytes) {
  const UserTable table = parse_user_table(bytes, "fuzz.csv");
  must_hold(table.labels.size() == static_cast<std::size_t>(table.n_symbols * table.n_symbols), "a square table");
  for (const std::int32_t label : table.labels) must_hold(label < table.n_symbols, "labels below p");
}

}  // namespace

const FuzzTarget& table_target() {
  static const FuzzTarget target = {
      "table", run, {",", "-", "\n", "\r\n", "#", "0", "1", "2147483648", "-1", " ", "\xef\xbb\xbf", ";"}};
  return target;
}

}  // namespace groklab
