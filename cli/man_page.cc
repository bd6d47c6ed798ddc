// The manual page, from the same tables as --help.
#include <fmt/format.h>

#include "command_tables.h"
#include "examples.h"
#include "groklab/base/join.h"
#include "groklab/version.h"

namespace groklab::cli {
namespace {

/// Text as roff takes it: no sign is a command, and a hyphen is one.
std::string roff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\n') {
      result += ' ';
    } else if ((c == '.' || c == '\'') && result.empty()) {
      result += std::string("\\&") + c;
    } else {
      result += c;
    }
  }
  return result;
}

std::string value_name(const CLI::Option& option) {
  const std::string name = option.get_type_name();
  return name.empty() ? "VALUE" : name.substr(0, name.find(' '));
}

std::string option_text(const CLI::Option& option) {
  std::string text = ".TP\n.B " + roff(join(spellings(option), ", "));
  if (takes_value(option)) text += " \\fI" + roff(value_name(option)) + "\\fR";
  return text + "\n" + roff(option.get_description()) + "\n";
}

std::string usage_of(const CLI::App& command, const std::string& name) {
  std::string text = ".B " + roff(name) + "\n[\\fIOPTIONS\\fR]";
  for (const CLI::Option* option : positional_options(command)) {
    const std::string word =
        "\\fI" + roff(option->get_name(true)) + "\\fR" + (option->get_items_expected_max() > 1 ? " ..." : "");
    text += " " + (option->get_required() ? word : "[" + word + "]");
  }
  if (!commands_of(command).empty()) text += " \\fICOMMAND\\fR";
  return text + "\n";
}

std::string command_text(const CLI::App& command, const std::string& name) {
  std::string text =
      ".SS " + roff(name) + "\n" + roff(command.get_description()) + ".\n.PP\n" + usage_of(command, name);
  for (const CLI::Option* option : positional_options(command)) {
    text += ".TP\n.I " + roff(option->get_name(true)) + "\n" + roff(option->get_description()) + "\n";
  }
  for (const CLI::Option* option : named_options(command)) text += option_text(*option);
  for (const std::string_view line : examples_of(command.get_name())) {
    text += ".PP\n.RS 4\n.nf\n" + roff(std::string(line)) + "\n.fi\n.RE\n";
  }
  for (const CLI::App* inner : commands_of(command)) text += command_text(*inner, name + " " + inner->get_name());
  return text;
}

}  // namespace

std::string man_page(const CLI::App& program) {
  std::string text = fmt::format(
      ".\\\" Made by groklab completion man.\n.TH GROKLAB 1 \"\" \"groklab {}\" \"User Commands\"\n", version());
  text += ".SH NAME\ngroklab \\- a laboratory for the science of grokking\n";
  text += ".SH SYNOPSIS\n" + usage_of(program, "groklab");
  text +=
      ".SH DESCRIPTION\nTrains the small networks in which grokking happens, stores everything a run measures, looks "
      "inside the networks, and draws the results on one page.\n";
  text += ".SH OPTIONS\n";
  for (const CLI::Option* option : named_options(program)) text += option_text(*option);
  text += ".SH COMMANDS\n";
  for (const CLI::App* command : commands_of(program)) text += command_text(*command, "groklab " + command->get_name());
  text += ".SH EXIT STATUS\n" + roff(program.get_footer()) + "\n";
  text += ".SH ENVIRONMENT\n.TP\n.B GROKLAB_STORE\nDirectory of the run store, where \\-\\-store names none.\n";
  return text + ".SH FILES\n.TP\n.I ./groklab\\-store\nThe run store where neither names one.\n";
}

}  // namespace groklab::cli
