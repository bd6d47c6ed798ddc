// Tests of the key reference, and of its copy in docs/.
#include "groklab/config/reference.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "groklab/config.h"
#include "groklab/config/component.h"
#include "groklab/config/config_test_util.h"

namespace groklab {
namespace {

TEST(ConfigReference, NamesEveryKey) {
  const std::string markdown = config_reference_markdown();
  const std::string text = config_reference_text();
  for (const FieldInfo& info : config_fields()) {
    EXPECT_NE(markdown.find("| `" + info.key + "` |"), std::string::npos) << info.key;
    EXPECT_NE(text.find(info.key + " = " + info.default_value), std::string::npos) << info.key;
  }
}

TEST(ConfigReference, SaysWhatCanBeChosen) {
  const std::string text = config_reference_text("optim.kind");
  for (const ComponentSpec* component : components_of("optim.kind")) {
    const std::string line = std::string(component->name) + ": " + std::string(component->meaning);
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(text.find("optim.beta1"), std::string::npos);
  EXPECT_NE(config_reference_text("optim").find("optim.beta1 = "), std::string::npos);
  EXPECT_EQ(error_of([] { config_reference_text("optim.kinds"); }),
            "config: expected a key or a section, found optim.kinds; did you mean optim.kind?");
}

TEST(ConfigReference, OperationsShowTheirFormulasAndRowsTheirNumbers) {
  const std::string text = config_reference_text("task.operation");
  EXPECT_NE(text.find("cubic: x^3 + x y mod p"), std::string::npos) << text;
  EXPECT_NE(text.find("divide: x / y mod p, y not 0; p must be a prime"), std::string::npos);
  EXPECT_NE(text.find("group_conjugate: x y x^-1 in the group task.group"), std::string::npos);
  EXPECT_NE(text.find("x n + y"), std::string::npos);
  EXPECT_NE(config_reference_markdown().find("x n + y"), std::string::npos);
  EXPECT_EQ(config_reference_text("optim.kind").find("x n + y"), std::string::npos);
  EXPECT_EQ(error_of([] { config_reference_text("train.record_every"); }),
            "config: expected a key or a section, found train.record_every; did you mean train.evaluate_every?");
}

// A component's own keys stand in their own section, below what it is.
TEST(ConfigReference, SaysWhatASectionOfOneComponentIs) {
  const std::string markdown = config_reference_markdown();
  for (const ComponentSpec* component : component_specs()) {
    if (component->keys.empty()) continue;
    const std::string key = component->keys.front().spec.key;
    const std::size_t heading = markdown.find("## [" + key.substr(0, key.rfind('.')) + "]");
    ASSERT_NE(heading, std::string::npos) << key;
    const std::size_t table = markdown.find("| key |", heading);
    const std::string_view plain = component->meaning.substr(0, component->meaning.find_first_of("*|"));  // not escaped
    EXPECT_LT(markdown.find(plain, heading), table) << key;
  }
}

TEST(ConfigReference, DocumentIsUpToDate) {
  std::ifstream file(GROKLAB_SOURCE_DIR "/docs/config.md");
  const std::string stored((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(stored, config_reference_markdown()) << "run: groklab config --markdown > docs/config.md";
}

}  // namespace
}  // namespace groklab
