# The tests: one program of unit tests, the speed, the installed package, the reference.
find_package(GTest REQUIRED)

enable_testing()
set(GROKLAB_TESTS "" CACHE STRING "Regular expression: compile only the test files whose path matches it; empty: all")
file(GLOB_RECURSE groklab_tests CONFIGURE_DEPENDS src/groklab/*_test.cc tests/*_test.cc)
if(GROKLAB_TESTS)
  list(FILTER groklab_tests INCLUDE REGEX "${GROKLAB_TESTS}")
endif()
# The fuzz targets, which the tests run over their corpora and cmake/Fuzz.cmake makes programs of.
file(GLOB groklab_fuzz_targets CONFIGURE_DEPENDS tests/fuzz/*.cc)
list(FILTER groklab_fuzz_targets EXCLUDE REGEX "/(libfuzzer|[a-z_]*_test)\\.cc$")
list(APPEND groklab_fuzz_targets ${CMAKE_CURRENT_SOURCE_DIR}/src/groklab/store/support_test.cc)
if("${groklab_tests}" MATCHES "fuzz_corpus_test")
  list(APPEND groklab_tests ${groklab_fuzz_targets})
  list(REMOVE_DUPLICATES groklab_tests)
endif()
add_executable(groklab_tests ${groklab_tests})
target_compile_options(groklab_tests PRIVATE -O1)  # halves the build; what is fast or slow lies in the library
target_link_libraries(groklab_tests PRIVATE groklab_workbench groklab_internal GTest::gtest GTest::gtest_main)
# Paths only where they are used: objects of all other tests are the same in every checkout, and a compiler cache knows.
foreach(test ${groklab_tests})
  file(STRINGS ${test} paths REGEX "GROKLAB_(SOURCE_DIR|BINARY)" LIMIT_COUNT 1)
  if(paths OR test MATCHES "/tests/")
    set_property(SOURCE ${test} APPEND PROPERTY COMPILE_DEFINITIONS GROKLAB_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}"
                                                                    GROKLAB_BINARY="$<TARGET_FILE:groklab_cli>")
  endif()
endforeach()
add_dependencies(groklab_tests groklab_cli)
include(GoogleTest)
gtest_discover_tests(groklab_tests DISCOVERY_TIMEOUT 60)

# Speed as a ratio to the peak of the same run, alone on the machine: a fall of more than 15 % fails (bench/ratios.json).
add_test(NAME Bench.RatiosHaveNotFallen
         COMMAND groklab_cli bench --brief --threads 1 --case V --case V-f64 --case small-16 --case tiny-16 --case general
                 --compare ${CMAKE_CURRENT_SOURCE_DIR}/bench/ratios.json)
# On an instruction set without stored ratios it is shown as skipped.
set_tests_properties(Bench.RatiosHaveNotFallen PROPERTIES RUN_SERIAL ON TIMEOUT 600 SKIP_RETURN_CODE 77)

# What the page's scripts compute, with Node's own test runner; no packages are needed.
find_program(NODE_EXECUTABLE node)
if(NODE_EXECUTABLE)
  file(GLOB web_tests CONFIGURE_DEPENDS web/test/*.test.mjs)
  add_test(NAME Web.PageScripts COMMAND ${NODE_EXECUTABLE} --test ${web_tests})
  # The live page's are TypeScript: esbuild makes plain scripts of them. Types, and the page itself: make page-test.
  if(NOT GROKLAB_WEB_BUNDLE)
    add_test(NAME Web.LivePageScriptsAreMade
             COMMAND ${NODE_EXECUTABLE} ${CMAKE_CURRENT_BINARY_DIR}/web/build.mjs tests ${CMAKE_CURRENT_SOURCE_DIR}/web/serve/test)
    set_tests_properties(Web.LivePageScriptsAreMade PROPERTIES FIXTURES_SETUP live_page_scripts)
    add_test(NAME Web.LivePageScripts COMMAND ${NODE_EXECUTABLE} --test ${CMAKE_CURRENT_BINARY_DIR}/web/dist/test/)
    set_tests_properties(Web.LivePageScripts PROPERTIES FIXTURES_REQUIRED live_page_scripts)
  endif()
endif()

# A loss of power at random moments (docs/reliability.md; make campaign-crash does more).
find_package(Python3 COMPONENTS Interpreter QUIET)
find_program(GROKLAB_C_COMPILER NAMES cc gcc clang DOC "C compiler for the faults of the campaign")
if(Python3_FOUND AND GROKLAB_C_COMPILER)
  add_test(NAME Campaign.LossOfPower
           COMMAND ${CMAKE_COMMAND} -E env CC=${GROKLAB_C_COMPILER} ${Python3_EXECUTABLE}
                   ${CMAKE_CURRENT_SOURCE_DIR}/tools/campaign/crash.py $<TARGET_FILE:groklab_cli>
                   --kills 5 --faults 2 --commands train --kinds power)
  set_tests_properties(Campaign.LossOfPower PROPERTIES TIMEOUT 300)
endif()

# Memory does not grow with the number of records, and little with that of planned runs (make campaign-growth does more).
# Release builds alone: a sanitizer's own memory does not fit into the bounds.
if(Python3_FOUND AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  add_test(NAME Campaign.MemoryDoesNotGrow
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tools/campaign/growth.py $<TARGET_FILE:groklab_cli> --small)
  set_tests_properties(Campaign.MemoryDoesNotGrow PROPERTIES TIMEOUT 600)
endif()

# A page in a browser: charts draw under the page's policy. Skipped, and shown as such, where there is no Chromium.
if(Python3_FOUND)
  add_test(NAME Page.DrawsUnderItsPolicy
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tools/check_page.py $<TARGET_FILE:groklab_cli>)
  set_tests_properties(Page.DrawsUnderItsPolicy PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77)
endif()

# An installed groklab, used by programs that know nothing of its build.
add_test(NAME InstalledPackage.BuildsAndRunsOthersPrograms
         COMMAND ${CMAKE_COMMAND} -DGROKLAB_BUILD=${CMAKE_CURRENT_BINARY_DIR} -DGENERATOR=${CMAKE_GENERATOR}
                 -DCOMPILER=${CMAKE_CXX_COMPILER} -DNM=${CMAKE_NM}
                 -P ${CMAKE_CURRENT_SOURCE_DIR}/tests/package/run.cmake)
set_tests_properties(InstalledPackage.BuildsAndRunsOthersPrograms PROPERTIES TIMEOUT 300)

# The core configures where there is neither SQLite, npm, GoogleTest nor CLI11.
add_test(NAME InstalledPackage.CoreConfiguresAlone
         COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_SOURCE_DIR} -B ${CMAKE_CURRENT_BINARY_DIR}/core_alone
                 -G ${CMAKE_GENERATOR} -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} --fresh
                 -DGROKLAB_WITH_STORE=OFF -DCMAKE_DISABLE_FIND_PACKAGE_SQLiteCpp=ON
                 -DCMAKE_DISABLE_FIND_PACKAGE_GTest=ON -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON
                 -DNPM_EXECUTABLE=NPM_EXECUTABLE-NOTFOUND)

# A release build ends where its stack or a copy of bytes goes wrong, and its table of foreign functions is read-only.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  add_test(NAME Program.IsHardened
           COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:groklab_cli> -DREADELF=${CMAKE_READELF}
                   -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/CheckHardening.cmake)
endif()

# The reference: every public name has its text. Skipped, and shown as such, where there is no Doxygen.
add_test(NAME Reference.HasNoUndocumentedName
         COMMAND ${CMAKE_COMMAND} -DDOXYGEN=${DOXYGEN_EXECUTABLE} -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}
                 -DOUTPUT=${CMAKE_CURRENT_BINARY_DIR}/reference -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/RunDoxygen.cmake)
set_tests_properties(Reference.HasNoUndocumentedName PROPERTIES SKIP_REGULAR_EXPRESSION "no Doxygen")
