// See label_places.h.
#include "groklab/report/label_places.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace groklab::report {
namespace {

constexpr int kLabelSweeps = 4, kLabelDirections = 24;
constexpr double kLabelDistances[] = {9, 14, 22, 32, 44, 58, 74, 92};
/// Costs: of a covered square pixel of another name, of anything else; of a joining line that meets another name or
/// line; of a pixel of distance.
constexpr double kOverName = 50, kOverMark = 25, kCrossing = 400, kPerPixel = 1;

double overlap(const LabelBox& a, const LabelBox& b) {
  const double x = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double y = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return x > 0 && y > 0 ? x * y : 0;
}

double cross(double ax, double ay, double bx, double by) { return ax * by - ay * bx; }

/// Whether the segments a-b and c-d meet.
bool segments_meet(double ax, double ay, double bx, double by, double cx, double cy, double dx, double dy) {
  const double c = cross(bx - ax, by - ay, cx - ax, cy - ay), d = cross(bx - ax, by - ay, dx - ax, dy - ay);
  const double a = cross(dx - cx, dy - cy, ax - cx, ay - cy), b = cross(dx - cx, dy - cy, bx - cx, by - cy);
  return c * d < 0 && a * b < 0;
}

bool meets_box(const NamedPoint& point, const LabelPlace& place, const LabelBox& box) {
  const auto meets = [&](double cx, double cy, double dx, double dy) {
    return segments_meet(point.x, point.y, place.x, place.y, cx, cy, dx, dy);
  };
  return meets(box.left, box.top, box.right, box.bottom) || meets(box.left, box.bottom, box.right, box.top);
}

std::vector<LabelPlace> candidates(const NamedPoint& point) {
  std::vector<LabelPlace> places;
  for (const double distance : kLabelDistances) {
    for (int i = 0; i < kLabelDirections; ++i) {
      const double angle = 2 * std::numbers::pi * (i + 0.5) / kLabelDirections;
      const double dx = distance * std::cos(angle);
      places.push_back({point.x + dx, point.y + distance * std::sin(angle), dx<0, distance> kFarFromItsPoint});
    }
  }
  return places;
}

}  // namespace

LabelBox label_box(const LabelPlace& place, const std::string& name) {
  const double width = kLabelLetter * static_cast<double>(name.size());
  const double left = place.to_left ? place.x - width : place.x;
  return {left, place.y - 0.5 * kLabelHeight, left + width, place.y + 0.5 * kLabelHeight};
}

std::vector<LabelPlace> place_labels(const std::vector<NamedPoint>& points, const std::vector<LabelBox>& obstacles,
                                     double width, double height) {
  std::vector<LabelPlace> chosen(points.size());
  std::vector<bool> is_placed(points.size(), false);
  const LabelBox whole{0, 0, width, height};
  const auto cost = [&](std::size_t own, const LabelPlace& place) {
    const LabelBox box = label_box(place, points[own].name);
    const double inside = overlap(box, whole), area = (box.right - box.left) * (box.bottom - box.top);
    double sum = kPerPixel * std::hypot(place.x - points[own].x, place.y - points[own].y) + kOverName * (area - inside);
    for (const LabelBox& obstacle : obstacles) sum += kOverMark * overlap(box, obstacle);
    for (std::size_t other = 0; other < points.size(); ++other) {
      if (other == own || !is_placed[other]) continue;
      const LabelBox name = label_box(chosen[other], points[other].name);
      sum += kOverName * overlap(box, name);
      if (place.far && meets_box(points[own], place, name)) sum += kCrossing;
      if (!chosen[other].far) continue;
      if (meets_box(points[other], chosen[other], box)) sum += kCrossing;
      if (place.far && segments_meet(points[own].x, points[own].y, place.x, place.y, points[other].x, points[other].y,
                                     chosen[other].x, chosen[other].y)) {
        sum += kCrossing;
      }
    }
    return sum;
  };
  for (int sweep = 0; sweep < kLabelSweeps; ++sweep) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      double best = std::numeric_limits<double>::infinity();
      LabelPlace place;
      for (const LabelPlace& candidate : candidates(points[i])) {
        const double c = cost(i, candidate);
        if (!(c < best)) continue;
        best = c;
        place = candidate;
      }
      chosen[i] = place;
      is_placed[i] = true;
    }
  }
  return chosen;
}

}  // namespace groklab::report
