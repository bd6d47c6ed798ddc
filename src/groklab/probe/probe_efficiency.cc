// Probe `efficiency`: how much parameter norm the network needs for a given margin and a given logit, and how steeply
// both grow with it.
#include <fmt/format.h>

#include <cmath>

#include "groklab/probe/norm_at_margin.h"
#include "groklab/probe/probe.h"
#include "groklab/probe/probe_text.h"
#include "groklab/probe/reference_levels.h"

namespace groklab {
namespace {

void run_efficiency(ProbeContext& context, ProbeResult& result) {
  const std::vector<std::int64_t>& rows = context.split.train;
  Engine& engine = context.engine;
  const double squares = ScaledParameters(engine).squares();
  const RowMeans means = row_means(engine, context.task, rows);
  const Degrees degrees = homogeneity_degrees(engine, context.task, rows);
  result.sections["efficiency"].values = {
      {"norm", std::sqrt(squares)},
      {"margin", means.margin},
      {"correct_logit", means.correct_logit},
      {"margin_degree", degrees.margin},
      {"logit_degree", degrees.correct_logit},
      {"norm_at_margin", norm_at_margin(engine, context.task, rows, kReferenceMargin)},
      {"norm_at_logit", norm_at_logit(engine, context.task, rows, kReferenceLogit)}};
}

std::vector<ProbeLine> efficiency_lines(const ProbeResult& result) {
  const auto section = result.sections.find("efficiency");
  if (section == result.sections.end()) return {};
  const auto value = [&](const char* name) {
    const auto found = section->second.values.find(name);
    return probe_number(found == section->second.values.end() ? std::nan("") : found->second);
  };
  return {{"efficiency", fmt::format("norm for a mean margin of {}, training rows", kReferenceMargin),
           fmt::format("{} (it is {} at {})", value("norm_at_margin"), value("norm"), value("margin"))},
          {"efficiency", fmt::format("norm for a mean centred correct logit of {}", kReferenceLogit),
           fmt::format("{} (it is {} at {})", value("norm_at_logit"), value("norm"), value("correct_logit"))},
          {"efficiency", "degree of homogeneity of margin, of logit",
           fmt::format("{}, {}", value("margin_degree"), value("logit_degree"))}};
}

}  // namespace

const ProbeDescriptor& efficiency_probe() {
  static const ProbeDescriptor probe = {
      .spec = probe_component("efficiency", "parameter norm for a given margin and logit, all weights scaled alike"),
      .cost = "some fifty forward passes over the training rows",
      .run = run_efficiency,
      .lines = efficiency_lines};
  return probe;
}

}  // namespace groklab
