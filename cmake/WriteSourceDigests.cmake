# A C++ file with the SHA-256 of each file of LIST, by its path from ROOT.
file(STRINGS ${LIST} files)
set(table "")
foreach(file ${files})
  file(SHA256 ${file} digest)
  file(RELATIVE_PATH path ${ROOT} ${file})
  string(APPEND table "{\"${path}\", \"${digest}\"},\n")
endforeach()
file(WRITE ${OUT} "#include \"groklab/studies/code_version.h\"\n
const std::vector<groklab::studies::SourceDigest>& groklab::studies::source_digests() {
static const std::vector<SourceDigest> all = {${table}};\nreturn all;\n}\n")
