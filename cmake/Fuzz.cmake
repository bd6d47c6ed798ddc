# A libFuzzer program for each target of tests/fuzz/ (make fuzz): groklab_fuzz_NAME. Needs clang. What reads and shows is
# compiled with what libFuzzer looks at and with address and undefined-behaviour checks; the arithmetic, which no target
# runs and which takes minutes to compile so, as always.
option(GROKLAB_FUZZ "The fuzz programs; needs clang" OFF)
if(GROKLAB_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "GROKLAB_FUZZ: expected clang, found ${CMAKE_CXX_COMPILER_ID}; see tools/setup-deep.sh")
  endif()
  find_package(GTest REQUIRED)
  set(groklab_fuzz_options -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -O1 -g1)
  set(groklab_fuzzed_folders base tensor config record view task files run store lab report sweep studies serve)
endif()

# Behind the libraries, which it links.
function(add_fuzz_programs)
  file(GLOB sources CONFIGURE_DEPENDS tests/fuzz/*.cc)
  list(FILTER sources EXCLUDE REGEX "/(libfuzzer|[a-z_]*_test)\\.cc$")
  add_library(groklab_fuzz STATIC ${sources} src/groklab/store/support_test.cc)
  target_compile_options(groklab_fuzz PUBLIC ${groklab_fuzz_options})
  target_link_libraries(groklab_fuzz PUBLIC groklab_workbench groklab_internal GTest::gtest)
  # A target is a folder of its corpus: tools/fuzz.sh goes over the same.
  file(GLOB corpora CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/tests/fuzz/corpus tests/fuzz/corpus/*)
  foreach(name ${corpora})
    add_executable(groklab_fuzz_${name} tests/fuzz/libfuzzer.cc)
    target_compile_definitions(groklab_fuzz_${name} PRIVATE GROKLAB_FUZZ_TARGET="${name}")
    target_link_libraries(groklab_fuzz_${name} PRIVATE groklab_fuzz -fsanitize=fuzzer,address,undefined)
    list(APPEND programs groklab_fuzz_${name})
  endforeach()
  add_custom_target(fuzz_programs DEPENDS ${programs})
endfunction()
