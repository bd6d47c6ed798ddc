// The JSON of studies: measurements up to verdicts and page, looks up to their section, protocols up to their
// comparison.
#include "groklab/studies/study.h"

#include "fuzz.h"
#include "groklab/error.h"
#include "groklab/studies/look.h"
#include "groklab/studies/protocol.h"
#include "groklab/studies/reproduction.h"

namespace groklab {
namespace {

using namespace studies;

template <typename Read>
void attempt(Read&& read) {
  try {
    read();
  } catch (const Error& error) {
    must_hold(error.kind() != ErrorKind::kInternal, "no defect of groklab");
  }
}

/// A text that is one of the three is refused by the readers of the others.
void run(std::string_view bytes) {
  const std::string text(bytes);
  attempt([&] {
    const Json protocol = parse_protocol(text, "text");
    protocol_hash(protocol);
    must_hold(protocol_difference(protocol, protocol).empty(), "a protocol is itself");
    must_hold(parse_protocol(protocol_text(protocol), "text") == protocol, "the same protocol again");
  });
  attempt([&] {
    const Look look = parse_look(text, "text");
    must_hold(look_text(parse_look(look_text(look), "text")) == look_text(look), "the same look again");
    looks_section(all_studies().front(), {look});
  });
  const Measurements measurements = parse_measurements(text, "text");
  const Reproduction reproduction = judge_measurements(measurements);
  reproduction_json(reproduction).dump();
  reproduction_page(reproduction);
}

}  // namespace

const FuzzTarget& study_target() {
  static const FuzzTarget target = {"study",
                                    run,
                                    {"{",
                                     "}",
                                     "[",
                                     "]",
                                     ",",
                                     ":",
                                     "\"",
                                     "null",
                                     "true",
                                     "1e999",
                                     "-0",
                                     "-1",
                                     "[[[[[[[[",
                                     "\\ud800",
                                     "\\u0000",
                                     "9223372036854775808",
                                     "\"seeds\":",
                                     "\"rows\":",
                                     "\"networks\":",
                                     "\"tests\":",
                                     "\"count\":",
                                     "\"sizes\":",
                                     "varma2023",
                                     "\"seed\":"}};
  return target;
}

}  // namespace groklab
