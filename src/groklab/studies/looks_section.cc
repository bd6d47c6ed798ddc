// The page's section on all looks. Drawn as plain SVG, since every row has an axis of its own.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "groklab/report/html.h"
#include "groklab/studies/look.h"
#include "groklab/studies/verdict_text.h"
#include "groklab/view/text.h"

namespace groklab::studies {
namespace {

using report::html_escape;

constexpr double kStripWidth = 320, kMarkHeight = 12, kStripMargin = 14;

/// An effect that is known, and of which look.
struct KnownEffect {
  std::size_t look = 0;
  LookTest test;
};

/// The known effects of one test over all looks.
struct TestStrip {
  std::string what;  ///< in the words of the last look
  bool headline = false;
  std::vector<KnownEffect> effects;
};

const LookClaim* claim_of(const Look& look, const std::string& id) {
  for (const LookClaim& claim : look.claims) {
    if (claim.id == id) return &claim;
  }
  return nullptr;
}

/// The words of a test without its numbers, which differ between scales: sizes, moduli, seeds.
std::string words_without_numbers(const std::string& what) {
  std::string words;
  for (const char c : what) {
    const bool in_number = (c >= '0' && c <= '9') || (c == '.' && !words.empty() && words.back() == '#');
    if (!in_number) {
      words += c;
    } else if (words.empty() || words.back() != '#') {
      words += '#';
    }
  }
  return words;
}

/// A strip for the headline, whatever it was called, and one for each other test that counts, in the order of the last
/// look that has it.
std::vector<TestStrip> strips_of(const std::vector<Look>& looks, const std::string& id) {
  std::vector<TestStrip> strips;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const LookClaim* claim = claim_of(looks[i], id);
    if (claim == nullptr) continue;
    std::vector<std::string> own;  // keys of this look
    for (const LookTest& test : claim->tests) {
      if (!std::isfinite(test.effect) || !(test.counts || test.headline)) continue;
      std::string key = test.headline ? "" : words_without_numbers(test.what);
      // Tests of one look that differ by a number alone, such as a weight decay, are several.
      while (std::find(own.begin(), own.end(), key) != own.end()) key += '\'';
      own.push_back(key);
      const auto found = std::find(keys.begin(), keys.end(), key);
      const auto at = static_cast<std::size_t>(found - keys.begin());
      if (found == keys.end()) {
        keys.push_back(key);
        strips.push_back({"", test.headline, {}});
      }
      strips[at].what = test.what;
      strips[at].effects.push_back({i, test});
    }
  }
  std::stable_sort(strips.begin(), strips.end(),
                   [](const TestStrip& a, const TestStrip& b) { return a.headline && !b.headline; });
  return strips;
}

/// Both ends of what a strip shows: effects, intervals, and the bounds they are compared with.
std::pair<double, double> strip_range(const std::vector<KnownEffect>& effects) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const KnownEffect& e : effects) {
    const bool within = e.test.comparison == comparison_name(Comparison::kWithin);
    const double lower_bound = within ? -e.test.bound : e.test.bound;
    for (const double v : {e.test.effect, e.test.ci_low, e.test.ci_high, e.test.bound, lower_bound}) {
      if (!std::isfinite(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
    }
  }
  return low < high ? std::pair(low, high) : std::pair(low - 1, high + 1);
}

/// The bound of a look's own test, or both of a margin, beside its mark.
std::string bound_lines(const LookTest& test, double y, const auto& place) {
  std::string svg;
  const bool within = test.comparison == comparison_name(Comparison::kWithin);
  for (const double bound : {test.bound, within ? -test.bound : std::nan("")}) {
    if (!std::isfinite(bound)) continue;
    svg += fmt::format("<line class=\"bound\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>",
                       place(bound), y - 0.5 * kMarkHeight, y + 0.5 * kMarkHeight);
  }
  return svg;
}

std::string mark(const KnownEffect& known, double y, const auto& place) {
  const LookTest& t = known.test;
  std::string svg =
      fmt::format("<g class=\"{}\"><title>look {}: {}: {}, {}</title>", html_escape(t.verdict), known.look + 1,
                  html_escape(t.what), estimate_text({t.effect, t.ci_low, t.ci_high, t.n}), html_escape(t.verdict));
  if (std::isfinite(t.ci_low) && std::isfinite(t.ci_high)) {
    svg += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", place(t.ci_low),
                       place(t.ci_high), y, y);
  }
  return svg + fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/></g>", place(t.effect), y);
}

std::string strip(const TestStrip& of) {
  const std::vector<KnownEffect>& effects = of.effects;
  const auto [low, high] = strip_range(effects);
  const auto place = [low = low, high = high](double v) {
    return kStripMargin + (kStripWidth - 2 * kStripMargin) * (v - low) / (high - low);
  };
  const double height = kMarkHeight * static_cast<double>(effects.size() + 1);
  std::string svg =
      fmt::format("<svg class=\"looks\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"effects of {} looks\">",
                  kStripWidth, height, effects.size());
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const double y = kMarkHeight * static_cast<double>(i + 1);
    svg += bound_lines(effects[i].test, y, place) + mark(effects[i], y, place);
  }
  return svg + fmt::format("</svg><br><span class=\"what\">{}; bound {}; {} to {}</span>", html_escape(of.what),
                           format_number(effects.back().test.bound), format_number(low), format_number(high));
}

/// The headline's strip, and those of the other tests that count behind a line that opens them.
std::string strips_html(const std::vector<TestStrip>& strips) {
  if (strips.empty()) return "<span class=\"what\">no effect was kept</span>";
  const bool has_headline = strips.front().headline;
  std::string html = has_headline ? strip(strips.front()) : "";
  const std::size_t n_others = strips.size() - (has_headline ? 1 : 0);
  if (n_others == 0) return html;
  html += fmt::format("<details>\n<summary>{} other test{} that count{}</summary>\n", n_others,
                      n_others == 1 ? "" : "s", n_others == 1 ? "s" : "");
  for (const TestStrip& other : strips) {
    if (!other.headline) html += strip(other) + "<br>\n";
  }
  return html + "</details>";
}

std::string look_row(std::size_t number, const Look& look) {
  const auto confirmed = std::count_if(look.claims.begin(), look.claims.end(),
                                       [](const LookClaim& c) { return c.verdict == "confirmed"; });
  const auto refuted =
      std::count_if(look.claims.begin(), look.claims.end(), [](const LookClaim& c) { return c.verdict == "refuted"; });
  return fmt::format("<li value=\"{}\">{} {}, seeds from {}, {}{}{}: {} of {} confirmed, {} refuted. {}</li>\n", number,
                     look.date.empty() ? std::string() : html_escape(look.date) + ",", html_escape(look.scale),
                     look.seeds.first,
                     look.protocol == "unlocked" ? "no locked protocol" : "protocol " + html_escape(look.protocol),
                     look.exploratory && look.protocol != "unlocked" ? ", exploratory" : "",
                     look.commit.empty() ? "" : ", commit " + html_escape(look.commit), confirmed, look.claims.size(),
                     refuted, html_escape(look.note));
}

}  // namespace

std::string looks_section(const Study& study, std::vector<Look> looks) {
  std::erase_if(looks, [&](const Look& look) { return look.study != study.id; });
  if (looks.empty()) return "";
  std::stable_sort(looks.begin(), looks.end(), [](const Look& a, const Look& b) {
    return a.date != b.date ? a.date < b.date : a.seeds.first < b.seeds.first;
  });
  std::string html = fmt::format(
      "<section aria-labelledby=\"h-looks\">\n<h2 id=\"h-looks\">All looks</h2>\n<p class=\"note\">Every time that the "
      "claims were judged, oldest first: {} looks. All tests that count are drawn, each on an axis of its own; the "
      "lines "
      "across are the bounds of that look. Where a test's words changed between looks, they are in the mark's "
      "tooltip.</p>\n<ol "
      "class=\"looks\">\n",
      looks.size());
  for (std::size_t i = 0; i < looks.size(); ++i) html += look_row(i + 1, looks[i]);
  html +=
      "</ol>\n<div class=\"scroll\">\n<table class=\"tests\">\n<thead><tr><th>Claim</th><th>Verdict of each look</th>"
      "<th>Effects with intervals</th></tr></thead>\n<tbody>\n";
  for (const Claim& claim : study.claims) {
    std::string chips;
    for (std::size_t i = 0; i < looks.size(); ++i) {
      const LookClaim* judged = claim_of(looks[i], claim.id);
      if (judged == nullptr) continue;
      chips += fmt::format("<span class=\"verdict {0}\" title=\"look {1}: {0}\">{1}</span> ",
                           html_escape(judged->verdict), i + 1);
    }
    if (chips.empty()) continue;
    html += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", html_escape(claim.id), chips,
                        strips_html(strips_of(looks, claim.id)));
  }
  return html + "</tbody>\n</table>\n</div>\n</section>\n";
}

}  // namespace groklab::studies
