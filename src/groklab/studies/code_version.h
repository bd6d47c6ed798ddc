// With which code claims were measured and judged: what looks and measurements record beside the protocol, whose hash
// it is no part of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace groklab::studies {

struct Study;

/// Commit that the program was built from, 12 digits, with a + where files differed from it; "" outside of a
/// repository.
const char* built_from();

/// SHA-256 of a source file, by its path in the repository.
struct SourceDigest {
  const char *path, *sha256;
};
/// Of everything that measures and judges claims, without tests; made when the program is built, ascending by path.
const std::vector<SourceDigest>& source_digests();

/// Whose a file of a study's folder is: the claim after which it is named (dcrit_summary.cc: dcrit), the one with the
/// longest name; "" for one that all claims of the study share.
std::string claim_of_file(const Study& study, std::string_view file_name);

/// First 12 hexadecimal digits of SHA-256 over the paths and digests of what a claim is measured and judged by: its own
/// files, those that its study shares, src/groklab/studies without what only writes pages and tables, analysis/ and
/// probe/. Not in it: what a study borrows from the folder of another, and the training itself, whose version stands in
/// every run.
std::string code_digest(const Study& study, const std::string& claim);

}  // namespace groklab::studies
