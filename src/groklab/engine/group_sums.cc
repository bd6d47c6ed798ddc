// See group_sums.h.
#include "groklab/engine/group_sums.h"

#include <algorithm>
#include <cmath>

#include "groklab/engine/row_metric.h"

namespace groklab {

void GroupSums::add(const RowStatistics& row) {
  ++rows_;
  correct_ += is_correct(row.margin) ? 1 : 0;
  collapsed_ += row.collapsed ? 1 : 0;
  loss_ += row.loss;
  correct_logit_ += row.correct_logit;
  centred_ += row.correct_logit_centred;
  margin_ += row.margin;
  margin_min_ = std::isnan(row.margin) ? row.margin : std::min(margin_min_, row.margin);
}

void GroupSums::add(const GroupSums& other) {
  rows_ += other.rows_;
  correct_ += other.correct_;
  collapsed_ += other.collapsed_;
  loss_ += other.loss_;
  correct_logit_ += other.correct_logit_;
  centred_ += other.centred_;
  margin_ += other.margin_;
  if (other.rows_ > 0) margin_min_ = std::min(margin_min_, other.margin_min_);
}

GroupMetrics GroupSums::metrics() const {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double n = static_cast<double>(rows_);
  const auto mean = [&](double sum) { return rows_ > 0 ? sum / n : nan; };
  GroupMetrics m;
  m.rows = rows_;
  m.loss = mean(loss_);
  m.accuracy = mean(static_cast<double>(correct_));
  m.correct_logit = mean(correct_logit_);
  m.correct_logit_centred = mean(centred_);
  m.margin = mean(margin_);
  m.margin_min = rows_ > 0 ? margin_min_ : nan;
  m.softmax_collapse = mean(static_cast<double>(collapsed_));
  return m;
}

void RoleSums::add(const RoleSums& other) {
  for (std::size_t role = 0; role < 3; ++role) group[role].add(other.group[role]);
}

void RoleSums::write(Record& record) const {
  const GroupSums& removed = group[static_cast<std::size_t>(RowRole::kRemoved)];
  const GroupSums& never_seen = group[static_cast<std::size_t>(RowRole::kNeverSeen)];
  record.train = group[static_cast<std::size_t>(RowRole::kTrain)].metrics();
  record.removed = removed.metrics();
  record.never_seen = never_seen.metrics();
  GroupSums test = removed;
  test.add(never_seen);
  record.test = test.metrics();
}

}  // namespace groklab
