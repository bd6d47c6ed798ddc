// Tests of html.h.
#include "groklab/report/html.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "groklab/base/error.h"

namespace groklab::report {
namespace {

TEST(HtmlEscape, LeavesNoMarkup) {
  EXPECT_EQ(html_escape("<b a=\"1\" c='2'>&amp;"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
  EXPECT_EQ(html_escape(std::string_view("a\0b", 3)),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(ScriptJson, CannotEndTheScriptAndMeansTheSame) {
  const nlohmann::json json = {{"</script><!--", "<script>alert(1)</script>"}, {"plain", 1.5}};
  const std::string text = script_json(json);
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text), json);
}

TEST(ScriptJson, ReplacesBytesThatAreNotUtf8) {
  const nlohmann::json json = {{"name",
                                "a\xFF"
                                "b"}};
  EXPECT_EQ(nlohmann::json::parse(script_json(json))["name"],
            "a\xEF\xBF\xBD"
            "b");
}

TEST(FillTemplate, ReplacesOnceAndNamesWhatIsMissing) {
  EXPECT_EQ(fill_template("a{{x}}b{{y}}", {{"x", "{{y}}"}, {"y", "2"}}), "a{{y}}b2");
  EXPECT_THROW(fill_template("{{z}}", {{"x", "1"}}), Error);
  EXPECT_THROW(fill_template("{{z", {}), Error);
}

}  // namespace
}  // namespace groklab::report
