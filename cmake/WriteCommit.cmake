# A C++ file with the commit of ROOT, 12 digits, and a + if tracked files differ from it; "" outside of a repository of
# its own, as in an unpacked source archive.
set(commit "")
if(GIT)
  execute_process(COMMAND ${GIT} -C ${ROOT} rev-parse --show-toplevel OUTPUT_VARIABLE top ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  get_filename_component(root ${ROOT} REALPATH)
  if(top STREQUAL root)
    execute_process(COMMAND ${GIT} -C ${ROOT} rev-parse --short=12 HEAD OUTPUT_VARIABLE commit ERROR_QUIET
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
    execute_process(COMMAND ${GIT} --no-optional-locks -C ${ROOT} status --porcelain --untracked-files=no OUTPUT_VARIABLE changes
                    ERROR_QUIET)
    if(commit AND changes)
      string(APPEND commit "+")
    endif()
  endif()
endif()
set(code "#include \"groklab/studies/code_version.h\"\n
const char* groklab::studies::built_from() { return \"${commit}\"; }\n")
set(before "")
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT before STREQUAL code)
  file(WRITE ${OUT} "${code}")
endif()
