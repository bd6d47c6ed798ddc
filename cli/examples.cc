// See examples.h.
#include "examples.h"

#include <string>
#include <utility>

namespace groklab::cli {
namespace {

constexpr std::pair<std::string_view, std::string_view> kExamples[] = {
    {"train", "groklab train --set task.modulus=59 --set split.train_size=1400 --set train.steps=20000"},
    {"train", "groklab train run.toml --set task.operation=\"x^3 + x*y mod 47\""},
    {"resume", "groklab resume last"},
    {"fork", "groklab fork last --at last --set split.train_size=600"},
    {"runs", "groklab runs --where \"test_accuracy > 0.99 and tag = 'paper'\" --sort t_grok"},
    {"runs", "groklab runs --columns id,optim.weight_decay,t_grok --csv"},
    {"annotate", "groklab annotate last --name baseline --tag paper"},
    {"delete", "groklab delete --where \"status = 'failed'\" --dry-run"},
    {"gc", "groklab gc --keep-last 1 --dry-run"},
    {"show", "groklab show baseline"},
    {"export", "groklab export last --format safetensors -o weights.safetensors"},
    {"export", "groklab export last --format figures -o figures"},
    {"eval", "groklab eval --weights weights.safetensors"},
    {"probe", "groklab probe last --at all"},
    {"report", "groklab report last -o page.html"},
    {"report", "groklab report --where \"train_size < 600\" --x split.train_size --color optim.weight_decay"},
    {"store", "groklab store backup /mnt/copy"},
    {"config", "groklab config task.operation"},
    {"sweep", "groklab sweep grid.toml --set train.steps=5000 --report page.html"},
    {"plan", "groklab plan grid.toml --nodes 20 --cores 32 --hours 1"},
    {"merge", "groklab merge shard-1 shard-2 -o all"},
    {"reproduce", "groklab reproduce --list"},
    {"paper", "groklab paper --scale quick -o paper.html"},
    {"completion", "source <(groklab completion bash)"},
};

}  // namespace

std::vector<std::string_view> examples_of(std::string_view command) {
  std::vector<std::string_view> lines;
  for (const auto& [name, line] : kExamples) {
    if (name == command) lines.push_back(line);
  }
  return lines;
}

void add_examples(CLI::App& program) {
  for (CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    const std::vector<std::string_view> lines = examples_of(command->get_name());
    if (lines.empty()) continue;
    std::string text = lines.size() > 1 ? "Examples:" : "Example:";
    for (const std::string_view line : lines) text += "\n  " + std::string(line);
    command->footer(text);
  }
}

}  // namespace groklab::cli
