// Names at points: none covers another, all lie in the drawing, each is near its own point.
#include "groklab/report/label_places.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace groklab::report {
namespace {

constexpr double kSide = 370;

double covered(const LabelBox& a, const LabelBox& b) {
  return std::max(0.0, std::min(a.right, b.right) - std::max(a.left, b.left)) *
         std::max(0.0, std::min(a.bottom, b.bottom) - std::max(a.top, b.top));
}

/// Twelve points up a diagonal, four of them within some pixels, as networks of one D_crit lie.
std::vector<NamedPoint> crowded_points() {
  std::vector<NamedPoint> points;
  const double along[] = {60, 80, 92, 120, 124, 150, 152, 155, 157, 190, 250, 300};
  for (std::size_t i = 0; i < std::size(along); ++i) {
    points.push_back({along[i], kSide - along[i] + (i % 2 == 0 ? 4.0 : -4.0), "mod 31, d " + std::to_string(10 + i)});
  }
  return points;
}

std::vector<LabelBox> marks_of(const std::vector<NamedPoint>& points) {
  std::vector<LabelBox> marks;
  for (const NamedPoint& p : points) marks.push_back({p.x - 4, p.y - 4, p.x + 4, p.y + 4});
  return marks;
}

// Catches: names placed without regard to those that are placed later.
TEST(LabelPlaces, NoNameCoversAnotherOrAPoint) {
  const std::vector<NamedPoint> points = crowded_points();
  const std::vector<LabelBox> marks = marks_of(points);
  const std::vector<LabelPlace> places = place_labels(points, marks, kSide, kSide);
  ASSERT_EQ(places.size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const LabelBox own = label_box(places[i], points[i].name);
    EXPECT_GE(own.left, 0) << i;
    EXPECT_LE(own.right, kSide) << i;
    EXPECT_GE(own.top, 0) << i;
    EXPECT_LE(own.bottom, kSide) << i;
    for (std::size_t j = 0; j < i; ++j) EXPECT_EQ(covered(own, label_box(places[j], points[j].name)), 0) << i << j;
    for (const LabelBox& mark : marks) EXPECT_EQ(covered(own, mark), 0) << i;
    EXPECT_EQ(places[i].far, std::hypot(places[i].x - points[i].x, places[i].y - points[i].y) > kFarFromItsPoint);
  }
}

TEST(LabelPlaces, ALonelyPointHasItsNameBesideIt) {
  const std::vector<LabelPlace> places = place_labels({{100, 100, "one"}}, {}, kSide, kSide);
  EXPECT_FALSE(places[0].far);
  const std::vector<LabelPlace> at_edge = place_labels({{kSide - 5, 100, "at the edge"}}, {}, kSide, kSide);
  EXPECT_TRUE(at_edge[0].to_left) << "to the right it would leave the drawing";
  EXPECT_TRUE(place_labels({}, {}, kSide, kSide).empty());
}

}  // namespace
}  // namespace groklab::report
