// See beside_margin.h.
#include "groklab/studies/varma2023/beside_margin.h"

#include <fmt/format.h>

#include "groklab/report/xy_chart.h"
#include "groklab/studies/verdict_text.h"

namespace groklab::studies::varma2023 {
namespace {

std::vector<double> values_of(const std::vector<EfficiencyPoint>& points, double EfficiencyPoint::*value) {
  std::vector<double> values;
  for (const EfficiencyPoint& p : points) {
    if (std::isfinite(p.*value)) values.push_back(p.*value);
  }
  return values;
}

/// "6.4 (6.1 to 6.8)"
std::string median_and_range(const std::vector<double>& values) {
  if (values.empty()) return "none";
  return fmt::format("{:.2f} ({:.2f} to {:.2f})", median_of(values), quantile(values, 0), quantile(values, 1));
}

}  // namespace

std::vector<EfficiencyPoint> at_equal_logit(std::vector<EfficiencyPoint> points) {
  for (EfficiencyPoint& p : points) p.norm_at_margin = p.norm_at_logit;
  return points;
}

std::string beside_margin_note(const std::vector<EfficiencyPoint>& points, const Estimate& exponent) {
  return fmt::format(
      "At a mean centred correct logit of {:.0f} in place of a margin of {:.0f} the exponent is {}. Degrees of "
      "homogeneity, d ln margin and d ln logit over d ln scale of all weights: {} and {}, median and range over "
      "networks. The same factor on all weights raises a network of higher degree more.",
      kReferenceLogit, kReferenceMargin, estimate_text(exponent),
      median_and_range(values_of(points, &EfficiencyPoint::degree)),
      median_and_range(values_of(points, &EfficiencyPoint::logit_degree)));
}

void add_beside_margin(Json& data, const std::vector<EfficiencyPoint>& points, const Estimate& exponent) {
  data["exponent_at_logit"] = {exponent.value, exponent.low, exponent.high};
  for (const auto& [name, value] : {std::pair("degree_of_margin", &EfficiencyPoint::degree),
                                    std::pair("degree_of_logit", &EfficiencyPoint::logit_degree)}) {
    const std::vector<double> values = values_of(points, value);
    data[name] = values.empty() ? Json(nullptr) : Json{median_of(values), quantile(values, 0), quantile(values, 1)};
  }
}

std::vector<report::Chart> beside_margin_charts(const std::string& prefix, const std::string& circuit,
                                                const std::vector<EfficiencyPoint>& points) {
  std::vector<report::XyPoint> norms, degrees;
  for (const EfficiencyPoint& p : points) {
    const auto rows = static_cast<double>(p.rows);
    const std::string line = fmt::format("{}, weight decay {}", p.seed, p.weight_decay);
    norms.push_back({fmt::format("at margin {:.0f}", kReferenceMargin), rows, p.norm_at_margin, line});
    norms.push_back({fmt::format("at centred logit {:.0f}", kReferenceLogit), rows, p.norm_at_logit, line});
    degrees.push_back({"of the margin", rows, p.degree, line});
    degrees.push_back({"of the centred logit", rows, p.logit_degree, line});
  }
  return {report::make_xy_chart(
              norms, {.id = prefix + "-at-logit",
                      .title = fmt::format("Norm at equal margin and at equal logit, {}", circuit),
                      .caption = "Each network scaled to the one and to the other. The test reads the margin, which is "
                                 "what the loss sees; the logit is the paper's.",
                      .x_title = "training rows D",
                      .y_title = "norm",
                      .log_x = true,
                      .log_y = true}),
          report::make_xy_chart(
              degrees, {.id = prefix + "-degrees",
                        .title = fmt::format("Degrees of homogeneity, {}", circuit),
                        .caption = "d ln margin and d ln logit over d ln scale, at the weights as trained. Circuits of "
                                   "unlike degree compare otherwise at another margin.",
                        .x_title = "training rows D",
                        .y_title = "degree",
                        .log_x = true})};
}

}  // namespace groklab::studies::varma2023
