# Puts the digests of the sources that claims are measured and judged by into the workbench, and the commit that it was
# built from: looks and measurements say with which code they were made (src/groklab/studies/code_version.h).
file(GLOB claim_sources CONFIGURE_DEPENDS src/groklab/studies/*.cc src/groklab/studies/*.h src/groklab/studies/*/*.cc
     src/groklab/studies/*/*.h src/groklab/analysis/*.cc src/groklab/analysis/*.h src/groklab/probe/*.cc
     src/groklab/probe/*.h)
list(FILTER claim_sources EXCLUDE REGEX "_test\\.(cc|h)$")
list(SORT claim_sources)
set(digest_source ${CMAKE_CURRENT_BINARY_DIR}/source_digests.cc)
list(JOIN claim_sources "\n" claim_source_lines)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/claim_sources.txt CONTENT "${claim_source_lines}\n" @ONLY)
add_custom_command(
  OUTPUT ${digest_source}
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_CURRENT_SOURCE_DIR} -DLIST=${CMAKE_CURRENT_BINARY_DIR}/claim_sources.txt
          -DOUT=${digest_source} -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/WriteSourceDigests.cmake
  DEPENDS ${claim_sources} ${CMAKE_CURRENT_BINARY_DIR}/claim_sources.txt
          ${CMAKE_CURRENT_SOURCE_DIR}/cmake/WriteSourceDigests.cmake
  VERBATIM)
# Asked at every build, written only if it changed.
set(commit_source ${CMAKE_CURRENT_BINARY_DIR}/built_from.cc)
find_package(Git QUIET)
add_custom_target(
  groklab_built_from
  COMMAND ${CMAKE_COMMAND} -DROOT=${CMAKE_CURRENT_SOURCE_DIR} -DGIT=${GIT_EXECUTABLE} -DOUT=${commit_source} -P
          ${CMAKE_CURRENT_SOURCE_DIR}/cmake/WriteCommit.cmake
  BYPRODUCTS ${commit_source}
  VERBATIM)
set_source_files_properties(${digest_source} ${commit_source} PROPERTIES GENERATED TRUE SKIP_UNITY_BUILD_INCLUSION TRUE)
target_sources(groklab_workbench PRIVATE ${digest_source} ${commit_source})
add_dependencies(groklab_workbench groklab_built_from)
