// Lists of row numbers as text; those in NumPy's format are next door.
#include <algorithm>

#include "fuzz.h"
#include "groklab/task/npy.h"
#include "groklab/task/row_file.h"

namespace groklab {
namespace {

void run_rows(std::string_view bytes) {
  constexpr std::int64_t kRows = 49;
  const auto rows = parse_row_file(bytes, "fuzz.txt", kRows);
  must_hold(!rows.empty() && rows.front() >= 0 && rows.back() < kRows, "rows of the table");
  must_hold(std::adjacent_find(rows.begin(), rows.end(), std::greater_equal<>()) == rows.end(),
            "ascending, none twice");
}

void run_npy(std::string_view bytes) {
  const NpyIntegers integers = parse_npy_integers(bytes, "fuzz.npy");
  must_hold(integers.values.size() <= bytes.size(), "not more numbers than bytes");
  parse_row_file(bytes, "fuzz.npy", 49);
}

}  // namespace

const FuzzTarget& rows_target() {
  static const FuzzTarget target = {
      "rows", run_rows, {",", " ", "\n", "#", "-1", "48", "49", "18446744073709551616", "\x93NUMPY"}};
  return target;
}

const FuzzTarget& npy_target() {
  static const FuzzTarget target = {
      "npy",
      run_npy,
      {"\x93NUMPY", "'descr': '<i8'", "'descr': '|b1'", "'<u8'", "'|u1'", "'>i4'", "'fortran_order': True",
       "'shape': (3,)", "(9223372036854775807,)", "(", ")", ",", "{", "}", "\n"}};
  return target;
}

}  // namespace groklab
