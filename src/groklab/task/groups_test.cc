// Group axioms, known orders and products, and the operations made from them.
#include "groklab/task/groups.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "groklab/base/random.h"
#include "groklab/task/test_help.h"

namespace groklab {
namespace {

constexpr auto kRight = Composition::kRightFirst;
constexpr auto kLeft = Composition::kLeftFirst;

// The first axiom that the table breaks, or "".
std::string broken_axiom(const FiniteGroup& group) {
  const std::int64_t n = group.order;
  for (std::int64_t x = 0; x < n; ++x) {
    if (group.product(0, x) != x || group.product(x, 0) != x) return "identity";
    if (group.product(x, group.inverse(x)) != 0 || group.product(group.inverse(x), x) != 0) return "inverse";
    std::set<std::int32_t> row;
    for (std::int64_t y = 0; y < n; ++y) row.insert(group.product(x, y));
    if (static_cast<std::int64_t>(row.size()) != n || *row.begin() != 0 || *row.rbegin() != n - 1) return "closure";
  }
  RandomStream random(1, StreamPurpose::kBootstrap);
  for (int i = 0; i < 20000; ++i) {
    const auto element = [&] { return static_cast<std::int64_t>(random.next_below(static_cast<std::uint64_t>(n))); };
    const std::int64_t x = element(), y = element(), z = element();
    if (group.product(group.product(x, y), z) != group.product(x, group.product(y, z))) return "associativity";
  }
  return "";
}

bool is_commutative(const FiniteGroup& group) {
  for (std::int64_t x = 0; x < group.order; ++x) {
    for (std::int64_t y = 0; y < x; ++y) {
      if (group.product(x, y) != group.product(y, x)) return false;
    }
  }
  return true;
}

std::int64_t index_of(const FiniteGroup& group, const std::string& name) {
  const auto found = std::find(group.names.begin(), group.names.end(), name);
  EXPECT_NE(found, group.names.end()) << name;
  return found - group.names.begin();
}

struct KnownGroup {
  GroupKind kind;
  std::int64_t degree;
  const char* name;
  std::int64_t order;
  bool commutative;
};

constexpr KnownGroup kKnownGroups[] = {
    {GroupKind::kCyclic, 2, "C_2", 2, true},        {GroupKind::kCyclic, 113, "C_113", 113, true},
    {GroupKind::kDihedral, 1, "D_1", 2, true},      {GroupKind::kDihedral, 2, "D_2", 4, true},
    {GroupKind::kDihedral, 3, "D_3", 6, false},     {GroupKind::kDihedral, 59, "D_59", 118, false},
    {GroupKind::kSymmetric, 2, "S_2", 2, true},     {GroupKind::kSymmetric, 3, "S_3", 6, false},
    {GroupKind::kSymmetric, 5, "S_5", 120, false},  {GroupKind::kSymmetric, 6, "S_6", 720, false},
    {GroupKind::kAlternating, 3, "A_3", 3, true},   {GroupKind::kAlternating, 4, "A_4", 12, false},
    {GroupKind::kAlternating, 5, "A_5", 60, false}, {GroupKind::kAlternating, 6, "A_6", 360, false},
};

TEST(Groups, KeepTheAxioms) {
  for (const KnownGroup& known : kKnownGroups) {
    for (const Composition composition : {kRight, kLeft}) {
      const FiniteGroup group = make_group(known.kind, known.degree, composition);
      EXPECT_EQ(group.name, known.name);
      EXPECT_EQ(group.order, known.order) << known.name;
      EXPECT_EQ(static_cast<std::int64_t>(group.names.size()), known.order) << known.name;
      EXPECT_EQ(std::set<std::string>(group.names.begin(), group.names.end()).size(), group.names.size());
      EXPECT_EQ(broken_axiom(group), "") << known.name;
      EXPECT_EQ(is_commutative(group), known.commutative) << known.name;
    }
  }
}

TEST(Groups, TheAxiomCheckNoticesADamagedTable) {
  FiniteGroup group = make_group(GroupKind::kSymmetric, 4, kRight);
  std::swap(group.table[24 * 5 + 3], group.table[24 * 5 + 4]);
  EXPECT_NE(broken_axiom(group), "");
  // Subtraction is a Latin square without an identity.
  FiniteGroup subtraction = make_group(GroupKind::kCyclic, 5, kRight);
  for (int x = 0; x < 5; ++x) {
    for (int y = 0; y < 5; ++y) subtraction.table[static_cast<std::size_t>(5 * x + y)] = (x - y + 5) % 5;
  }
  EXPECT_NE(broken_axiom(subtraction), "");
}

TEST(Groups, CompositionOfPermutations) {
  const FiniteGroup right = make_group(GroupKind::kSymmetric, 3, kRight);
  EXPECT_EQ(right.names, (std::vector<std::string>{"123", "132", "213", "231", "312", "321"}));
  const std::int64_t x = index_of(right, "213"), y = index_of(right, "132");
  // Right first: 1 -> 1 -> 2, 2 -> 3 -> 3, 3 -> 2 -> 1.
  EXPECT_EQ(right.names[static_cast<std::size_t>(right.product(x, y))], "231");
  // Left first: 1 -> 2 -> 3, 2 -> 1 -> 1, 3 -> 3 -> 2.
  const FiniteGroup left = make_group(GroupKind::kSymmetric, 3, kLeft);
  EXPECT_EQ(left.names[static_cast<std::size_t>(left.product(x, y))], "312");
  EXPECT_EQ(left.names[static_cast<std::size_t>(left.inverse(index_of(left, "231")))], "312");
}

TEST(Groups, AlternatingIsTheEvenPartOfSymmetric) {
  const FiniteGroup symmetric = make_group(GroupKind::kSymmetric, 5, kRight);
  const FiniteGroup alternating = make_group(GroupKind::kAlternating, 5, kRight);
  for (std::int64_t x = 0; x < alternating.order; ++x) {
    const std::int64_t in_symmetric = index_of(symmetric, alternating.names[static_cast<std::size_t>(x)]);
    const std::int32_t square = symmetric.product(in_symmetric, in_symmetric);
    EXPECT_EQ(symmetric.names[static_cast<std::size_t>(square)],
              alternating.names[static_cast<std::size_t>(alternating.product(x, x))]);
  }
  EXPECT_EQ(std::count(alternating.names.begin(), alternating.names.end(), "21345"), 0);  // odd
  EXPECT_EQ(std::count(alternating.names.begin(), alternating.names.end(), "21435"), 1);  // even
}

TEST(Groups, OrdersWithoutTables) {
  EXPECT_EQ(group_order(GroupKind::kCyclic, 7), 7);
  EXPECT_EQ(group_order(GroupKind::kDihedral, 7), 14);
  EXPECT_EQ(group_order(GroupKind::kSymmetric, 5), 120);
  EXPECT_EQ(group_order(GroupKind::kAlternating, 5), 60);
  EXPECT_EQ(group_order(GroupKind::kAlternating, 2), 1);
  EXPECT_EQ(group_order(GroupKind::kAlternating, 1), 1);
  EXPECT_GT(group_order(GroupKind::kSymmetric, 10000), 10000);
}

TEST(Groups, DihedralRelations) {
  const FiniteGroup group = make_group(GroupKind::kDihedral, 5, kRight);
  const std::int64_t r = index_of(group, "r"), s = index_of(group, "s");
  EXPECT_EQ(group.product(s, s), 0);
  EXPECT_EQ(group.product(s, r), index_of(group, "r^4 s"));
  EXPECT_EQ(group.product(r, s), index_of(group, "r s"));
  EXPECT_EQ(group.inverse(r), index_of(group, "r^4"));
}

TaskConfig group_task(const std::string& operation, GroupKind kind, std::int64_t degree) {
  TaskConfig config;
  config.operation = operation;
  config.group = kind;
  config.group_degree = degree;
  return config;
}

TEST(Groups, TasksOfS5) {
  const FiniteGroup group = make_group(GroupKind::kSymmetric, 5, kRight);
  const Task product = task_of(group_task("group_product", GroupKind::kSymmetric, 5), 0);
  const Task conjugate = task_of(group_task("group_conjugate", GroupKind::kSymmetric, 5), 0);
  const Task sandwich = task_of(group_task("group_sandwich", GroupKind::kSymmetric, 5), 0);
  EXPECT_EQ(product.name, "x y in S_5");
  EXPECT_EQ(conjugate.name, "x y x^-1 in S_5");
  EXPECT_EQ(sandwich.name, "x y x in S_5");
  EXPECT_EQ(product.n_rows, 14400);
  EXPECT_EQ(product.n_classes, 120);
  EXPECT_EQ(product.symbol_names, group.names);
  EXPECT_EQ(product.labels, group.table);
  for (std::size_t row = 0; row < product.labels.size(); ++row) {
    const std::int32_t x = product.inputs[2 * row], y = product.inputs[2 * row + 1];
    // x y x^-1 = z means z x = x y.
    ASSERT_EQ(group.product(conjugate.labels[row], x), product.labels[row]);
    ASSERT_EQ(sandwich.labels[row], group.product(x, group.product(y, x)));
  }
  TaskConfig left = group_task("group_product", GroupKind::kSymmetric, 5);
  left.composition = kLeft;
  const Task exchanged = task_of(left, 0);
  EXPECT_NE(exchanged.labels, product.labels);
  EXPECT_NE(exchanged.name, product.name);
  EXPECT_EQ(exchanged.labels[3 * 120 + 7], product.labels[7 * 120 + 3]);
}

TEST(Groups, CyclicProductIsModularAddition) {
  TaskConfig addition;
  addition.modulus = 31;
  EXPECT_EQ(task_of(group_task("group_product", GroupKind::kCyclic, 31), 0).labels, task_of(addition, 0).labels);
}

TEST(Groups, RefusesADegreeOutOfRange) {
  struct Case {
    GroupKind kind;
    std::int64_t degree;
    const char* allowed;
  };
  for (const Case& bad : {Case{GroupKind::kSymmetric, 7, "[2, 6]"}, Case{GroupKind::kSymmetric, 1, "[2, 6]"},
                          Case{GroupKind::kAlternating, 2, "[3, 6]"}, Case{GroupKind::kAlternating, 7, "[3, 6]"},
                          Case{GroupKind::kCyclic, 1, "[2, 2000]"}, Case{GroupKind::kCyclic, 2001, "[1, 2000]"},
                          Case{GroupKind::kDihedral, 0, "[1, 2000]"}, Case{GroupKind::kDihedral, 1001, "[1, 1000]"},
                          Case{GroupKind::kSymmetric, -1, "[1, 2000]"}}) {
    expect_error(ErrorKind::kConfig, {fmt::format("task.group_degree = {}: ", bad.degree), bad.allowed},
                 [&] { task_of(group_task("group_product", bad.kind, bad.degree), 0); });
  }
}

}  // namespace
}  // namespace groklab
