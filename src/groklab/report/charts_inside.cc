// Charts of what probes measured inside one run; see charts.h.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "groklab/base/csv.h"
#include "groklab/report/charts.h"
#include "groklab/report/data.h"
#include "groklab/report/xy_chart.h"

namespace groklab::report {

using nlohmann::json;

namespace {

/// One curve of a probe result against the step.
struct ResultSeries {
  const char* name;
  double (*value)(const ProbeResult&);
};

constexpr std::size_t kMaxColumns = 200;  ///< of a heat map over steps: more are narrower than three pixels
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// NaN where the probe was not asked for.
template <typename Metrics, typename Value>
double metric_of(const std::optional<Metrics>& metrics, Value value) {
  return metrics ? value(*metrics) : kNone;
}

/// Of the test rows, or of the training rows where all rows are trained on.
double invariant_logit(const CircuitMetrics& m) {
  return std::isfinite(m.invariant_test.correct_logit) ? m.invariant_test.correct_logit
                                                       : m.invariant_train.correct_logit;
}

/// Fit, the height of memorisation, and generalisation.
std::vector<XyRule> phases(const PlotRun& run) {
  std::vector<XyRule> rules;
  const auto step = [](std::int64_t s) { return static_cast<double>(s); };
  if (run.events.fit) rules.push_back({step(*run.events.fit), "fitted"});
  double peak = 0;
  std::int64_t peak_step = -1;
  for (const ProbeResult& r : run.source->inside.over_steps) {
    if (!r.circuits || !(r.circuits->memorised_strength > peak)) continue;
    peak = r.circuits->memorised_strength;
    peak_step = r.step;
  }
  if (peak_step > 0) rules.push_back({step(peak_step), "C_mem largest"});
  if (run.events.grok) rules.push_back({step(*run.events.grok), "generalised"});
  return rules;
}

Chart over_steps(const PlotRun& run, const std::vector<ResultSeries>& series, XyOptions options) {
  std::vector<XyPoint> points;
  for (const ResultSeries& one : series) {
    for (const ProbeResult& r : run.source->inside.over_steps) {
      points.push_back({one.name, static_cast<double>(r.step), one.value(r)});
    }
  }
  options.x_title = "step";
  options.steps_x = true;
  options.points = run.source->inside.over_steps.size() < 40;
  options.rules = phases(run);
  return make_xy_chart(points, options);
}

void add_projection_logits(const PlotRun& run, std::vector<Chart>& charts) {
  XyOptions options;
  options.id = "inside-logits";
  options.title = "Correct logit by projection, as in Fig. 9 of Varma et al.";
  options.caption =
      "Projection: correct logit of the mean over all rows of an orbit, training rows included, so that D / N of a "
      "lookup "
      "table is in it. Rest: how much more the remainder adds on training rows than on test rows.";
  options.y_title = "correct logit";
  charts.push_back(
      over_steps(run,
                 {{"projection", [](const ProbeResult& r) { return metric_of(r.circuits, invariant_logit); }},
                  {"rest",
                   [](const ProbeResult& r) {
                     return metric_of(r.circuits, [](const CircuitMetrics& m) { return m.memorised_strength; });
                   }}},
                 options));
}

void add_projection_charts(const PlotRun& run, std::vector<Chart>& charts) {
  add_projection_logits(run, charts);
  XyOptions options;
  options.id = "inside-loss";
  options.title = "Loss of each part of the projection alone";
  options.caption =
      "Cross-entropy if the network's logits were only the projection onto the symmetry, or only the rest. Restricted: "
      "only the key frequencies, all "
      "rows. Excluded: all but the key frequencies, training rows.";
  options.y_title = "cross-entropy";
  options.log_y = true;
  charts.push_back(
      over_steps(run,
                 {{"projection, test rows",
                   [](const ProbeResult& r) {
                     return metric_of(r.circuits, [](const CircuitMetrics& m) { return m.invariant_test.loss; });
                   }},
                  {"rest, training rows",
                   [](const ProbeResult& r) {
                     return metric_of(r.circuits, [](const CircuitMetrics& m) { return m.residual_train.loss; });
                   }},
                  {"rest, test rows",
                   [](const ProbeResult& r) {
                     return metric_of(r.circuits, [](const CircuitMetrics& m) { return m.residual_test.loss; });
                   }},
                  {"restricted",
                   [](const ProbeResult& r) {
                     return metric_of(r.frequencies, [](const FrequencyMetrics& m) { return m.restricted_loss; });
                   }},
                  {"excluded",
                   [](const ProbeResult& r) {
                     return metric_of(r.frequencies, [](const FrequencyMetrics& m) { return m.excluded_loss; });
                   }}},
                 options));
  options.id = "inside-fraction";
  options.title = "Fraction of the logits that respects the symmetry";
  options.caption =
      "Squared norm of the projection onto the symmetry over that of all logits (trigonometric fraction). A lookup "
      "table "
      "has D / N of itself in it.";
  options.y_title = "fraction";
  options.log_y = false;
  options.fraction_y = true;
  charts.push_back(over_steps(run,
                              {{"projection",
                                [](const ProbeResult& r) {
                                  return metric_of(r.circuits,
                                                   [](const CircuitMetrics& m) { return m.invariant_fraction; });
                                }}},
                              options));
}

void add_reallocation(const PlotRun& run, std::vector<Chart>& charts) {
  XyOptions options;
  options.id = "inside-reallocation";
  options.title = "Reallocation of norm between neurons";
  options.caption =
      "Norm of the weights of neurons that carry one frequency (inverse participation ratio above 0.5) and of all "
      "others.";
  options.y_title = "norm";
  charts.push_back(over_steps(run,
                              {{"periodic neurons",
                                [](const ProbeResult& r) {
                                  return metric_of(r.neurons, [](const NeuronMetrics& m) { return m.periodic_norm; });
                                }},
                               {"other neurons",
                                [](const ProbeResult& r) {
                                  return metric_of(r.neurons, [](const NeuronMetrics& m) { return m.other_norm; });
                                }}},
                              options));
}

/// A heat map from CSV columns x, y, value.
Chart heat_chart(const std::string& id, const std::string& title, const std::string& caption, const std::string& csv,
                 json x, json y, json colour, int height) {
  Chart chart;
  chart.id = id;
  chart.title = title;
  chart.caption = caption;
  chart.height = height;
  const json tooltip = {{{"field", x["field"]}, {"type", "nominal"}, {"title", x["title"]}},
                        {{"field", y["field"]}, {"type", "nominal"}, {"title", y["title"]}},
                        {{"field", colour["field"]}, {"type", "quantitative"}, {"format", ".3~g"}}};
  chart.spec = {
      {"description", title + ". " + caption},
      {"width", "container"},
      {"height", height},
      {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
      {"data",
       {{"values", csv}, {"format", {{"type", "csv"}, {"parse", {{colour["field"].get<std::string>(), "number"}}}}}}},
      {"layer",  // the page's scripts look for legends in a first layer
       {{{"mark", {{"type", "rect"}}}, {"encoding", {{"x", x}, {"y", y}, {"color", colour}, {"tooltip", tooltip}}}}}}};
  return chart;
}

/// About a dozen of the names, evenly.
json some_names(const std::vector<std::string>& names) {
  json values = json::array();
  const std::size_t stride = names.size() / 12 + 1;
  for (std::size_t i = 0; i < names.size(); i += stride) values.push_back(names[i]);
  return values;
}

json band(const char* field, const char* title, const std::vector<std::string>& names) {
  return {{"field", field},
          {"type", "ordinal"},
          {"sort", nullptr},
          {"title", title},
          {"axis",
           {{"values", some_names(names)},
            {"labelAngle", 0},
            {"labelOverlap", "greedy"},
            {"ticks", false},
            {"domain", false}}}};
}

void add_spectra(const PlotRun& run, std::vector<Chart>& charts) {
  const std::vector<ProbeResult>& results = run.source->inside.over_steps;
  const std::size_t stride = (results.size() + kMaxColumns - 1) / kMaxColumns;
  struct Kind {
    const char* id;
    const char* title;
    const char* caption;
    std::vector<double> FrequencyMetrics::*fractions;
  };
  const Kind kinds[] = {
      {"inside-spectrum-logits", "Spectrum of the logits over training",
       "Fraction of each frequency in the squared norm of C_gen's logits. Bright lines are the key frequencies.",
       &FrequencyMetrics::logit_fraction},
      {"inside-spectrum-embedding", "Spectrum of the embedding over training",
       "The same for the embedding, its mean removed.", &FrequencyMetrics::embedding_fraction}};
  for (const Kind& kind : kinds) {
    CsvText csv;
    csv.line("step", "component", "fraction");
    std::vector<std::string> steps, names;
    double top = 0;
    for (std::size_t i = 0; i < results.size(); i += stride) {
      const ProbeResult& r = results[i];
      if (!r.frequencies) continue;
      const std::vector<double>& fractions = (*r.frequencies).*(kind.fractions);
      if (fractions.empty()) continue;
      steps.push_back(std::to_string(r.step));
      names = r.frequencies->names;
      for (std::size_t k = 0; k < fractions.size(); ++k) {
        csv.line(r.step, names[k], for_colour(fractions[k]));
        top = std::max(top, fractions[k]);
      }
    }
    if (steps.size() < 2) continue;
    const json colour = {{"field", "fraction"},
                         {"type", "quantitative"},
                         {"title", "fraction"},
                         {"scale", {{"type", "sqrt"}, {"scheme", "viridis"}, {"domain", {0, top}}}},
                         {"legend", {{"title", "fraction"}, {"format", "~%"}, {"gradientLength", 160}}}};
    charts.push_back(heat_chart(kind.id, kind.title, kind.caption, csv.text(), band("step", "step", steps),
                                band("component", "frequency or representation", names), colour, 420));
  }
}

/// Which components are keys, by three measures.
void add_keys(const std::string& state, const ProbeResult& last, std::vector<Chart>& charts) {
  if (!last.frequencies) return;
  const FrequencyMetrics& f = *last.frequencies;
  CsvText csv;
  csv.line("measure", "component", "fraction");
  std::vector<std::string> measures;
  const auto add = [&](const char* measure, const std::vector<double>& fractions) {
    if (fractions.empty()) return;
    measures.emplace_back(measure);
    for (std::size_t k = 0; k < fractions.size(); ++k) {
      csv.line(measure, f.names[k], for_colour(fractions[k]));
    }
  };
  add("logits", f.logit_fraction);
  add("embedding", f.embedding_fraction);
  if (last.neurons) add("neurons", last.neurons->component_fraction);
  const json colour = {{"field", "fraction"},
                       {"type", "quantitative"},
                       {"title", "fraction"},
                       {"scale", {{"type", "sqrt"}, {"scheme", "viridis"}}},
                       {"legend", {{"title", "fraction"}, {"format", "~%"}, {"gradientLength", 90}}}};
  charts.push_back(heat_chart("inside-keys", "Key frequencies: do logits, embedding and neurons agree?",
                              state + ". Fraction of each frequency in the squared norm of C_gen's logits, of the "
                                      "embedding, and of the weights of "
                                      "periodic neurons. Columns that are bright in all three rows are the circuit.",
                              csv.text(), band("component", "frequency or representation", f.names),
                              band("measure", "", measures), colour, 180));
}

void add_neurons(const ProbeResult& last, std::vector<Chart>& charts) {
  if (!last.neurons || last.neurons->each.empty() || !last.frequencies) return;
  std::vector<NeuronResult> neurons = last.neurons->each;
  const double threshold = last.neurons->threshold;
  // Periodic ones first, by frequency and ratio; the rest behind them by ratio.
  std::stable_sort(neurons.begin(), neurons.end(), [&](const NeuronResult& a, const NeuronResult& b) {
    const bool of_a = a.ipr > threshold, of_b = b.ipr > threshold;
    if (of_a != of_b) return of_a;
    if (of_a && a.component != b.component) return a.component < b.component;
    return (std::isfinite(a.ipr) ? a.ipr : -1) > (std::isfinite(b.ipr) ? b.ipr : -1);
  });
  std::map<std::int64_t, std::int64_t> uses;
  for (const NeuronResult& n : neurons) uses[n.component] += n.ipr > threshold ? 1 : 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> common(uses.begin(), uses.end());
  std::stable_sort(common.begin(), common.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (common.size() > 6) common.resize(6);
  std::vector<XyPoint> fractions, norms;
  XyOptions options;
  for (std::size_t i = 0; i < neurons.size(); ++i) {
    const NeuronResult& n = neurons[i];
    std::string series = "not periodic";
    if (n.ipr > threshold) {
      const bool named =
          std::any_of(common.begin(), common.end(), [&](const auto& c) { return c.first == n.component; });
      series =
          named ? "frequency " + last.frequencies->names[static_cast<std::size_t>(n.component)] : "other frequency";
    }
    fractions.push_back({series, static_cast<double>(i), n.ipr});
    norms.push_back({series, static_cast<double>(i), n.norm});
  }
  options.lines = false;
  options.x_title = "neurons, sorted";
  options.id = "inside-neuron-periodicity";
  options.title = "Neurons by frequency: how periodic";
  options.caption =
      "Inverse participation ratio of each neuron's response to an input: 1 if it knows one frequency only. Sorted by "
      "frequency, then by this ratio. Twice a key frequency (modulo the order) is its second harmonic.";
  options.y_title = "inverse participation ratio";
  options.fraction_y = true;
  charts.push_back(make_xy_chart(fractions, options));
  options.id = "inside-neuron-norm";
  options.title = "Neurons by frequency: their norm";
  options.caption = "Norm of each neuron's incoming and outgoing weights, in the same order.";
  options.y_title = "norm";
  options.fraction_y = false;
  charts.push_back(make_xy_chart(norms, options));
}

void add_reordered(const ReorderedLogits& r, std::vector<Chart>& charts) {
  if (r.logits.empty()) return;
  CsvText csv;
  csv.line("y", "class", "logit");
  double bound = 0;
  for (std::size_t i = 0; i < r.logits.size(); ++i) {
    csv.line(r.row_names[i / r.class_names.size()], r.class_names[i % r.class_names.size()], for_colour(r.logits[i]));
    bound = std::max(bound, std::abs(r.logits[i]));
  }
  bound = std::max(1.0, std::ceil(bound));
  const json colour = {{"field", "logit"},
                       {"type", "quantitative"},
                       {"title", "logit"},
                       {"scale", {{"scheme", "blueorange"}, {"reverse", true}, {"domain", {-bound, bound}}}},
                       {"legend", {{"title", "logit"}, {"gradientLength", 160}, {"values", {-bound, 0, bound}}}}};
  charts.push_back(heat_chart(
      "inside-reordered", fmt::format("Logits in the order of frequency {}", r.frequency),
      fmt::format(
          "Logits at x = {}, each row's mean removed; y and classes are sorted so that the strongest frequency, {}, "
          "has one period across the map: its wave is the diagonal band, other frequencies show as finer ones.",
          r.fixed_input, r.frequency),
      csv.text(), band("class", "class, sorted", r.class_names), band("y", "y, sorted", r.row_names), colour, 480));
}

void add_interventions(const std::string& state, const ProbeResult& last, std::vector<Chart>& charts) {
  if (last.ablations.empty()) return;
  struct Group {
    const char* id;
    const char* title;
    double Intervention::*accuracy;
  };
  for (const Group& group :
       {Group{"inside-ablation-test", "Scaling one part: test accuracy", &Intervention::test_accuracy},
        {"inside-ablation-train", "Scaling one part: training accuracy", &Intervention::train_accuracy}}) {
    std::vector<XyPoint> points;
    for (const Intervention& i : last.ablations) points.push_back({i.name, i.strength, i.*(group.accuracy)});
    if (std::none_of(points.begin(), points.end(), [](const XyPoint& p) { return std::isfinite(p.y); })) continue;
    XyOptions options;
    options.id = group.id;
    options.title = group.title;
    options.caption =
        state + ". One part is multiplied by t and the rest left alone: t = 0 takes it away, t = 1 is the network.";
    options.x_title = "factor t on the part";
    options.y_title = "accuracy";
    options.fraction_y = true;
    charts.push_back(make_xy_chart(points, options));
  }
}

}  // namespace

std::vector<Chart> inside_charts(const PlotRun& run) {
  std::vector<Chart> charts;
  const InsideView& inside = run.source->inside;
  const auto results_with = [&](auto has) {
    return std::count_if(inside.over_steps.begin(), inside.over_steps.end(), has) > 1;
  };
  for (Chart& chart : balance_charts(run)) charts.push_back(std::move(chart));
  if (results_with([](const ProbeResult& r) { return r.circuits.has_value(); })) add_projection_charts(run, charts);
  if (results_with([](const ProbeResult& r) { return r.neurons.has_value(); })) add_reallocation(run, charts);
  add_spectra(run, charts);
  if (inside.last) {
    add_keys(run.source->state, *inside.last, charts);
    for (Chart& chart : embedding_charts(*run.source)) charts.push_back(std::move(chart));
    for (Chart& chart : attention_charts(*run.source)) charts.push_back(std::move(chart));
    add_neurons(*inside.last, charts);
    add_interventions(run.source->state, *inside.last, charts);
  }
  add_reordered(inside.reordered, charts);
  return charts;
}

}  // namespace groklab::report
