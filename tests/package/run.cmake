# Installs the build into a new prefix, then configures, builds and runs others' programs against it, and nothing else.
set(work ${GROKLAB_BUILD}/package_test)
set(source ${CMAKE_CURRENT_LIST_DIR}/../..)
file(REMOVE_RECURSE ${work})

function(run_step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}: expected exit code 0, found ${result}\n${output}")
  endif()
  set(step_output "${output}" PARENT_SCOPE)
endfunction()

function(expect_output what pattern)
  if(NOT step_output MATCHES "${pattern}")
    message(FATAL_ERROR "${what}: expected output that matches ${pattern}, found:\n${step_output}")
  endif()
endfunction()

function(build_project folder name)
  run_step(${CMAKE_COMMAND} -S ${folder} -B ${work}/${name} -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${COMPILER}
           -DCMAKE_PREFIX_PATH=${work}/prefix ${ARGN})
  run_step(${CMAKE_COMMAND} --build ${work}/${name})
endfunction()

run_step(${CMAKE_COMMAND} --install ${GROKLAB_BUILD} --prefix ${work}/prefix)

# The public headers are installed, and no other.
file(GLOB public RELATIVE ${source}/include ${source}/include/groklab/*.h)
file(GLOB_RECURSE installed RELATIVE ${work}/prefix/include ${work}/prefix/include/*)
if(NOT public STREQUAL installed)
  message(FATAL_ERROR "headers: expected ${public}, found ${installed}")
endif()

# Component core alone: no SQLite to find, to link or to load.
file(GLOB_RECURSE core_archive ${work}/prefix/*/libgroklab_core.a)
run_step(${NM} -C --undefined-only ${core_archive})
if(step_output MATCHES "sqlite|SQLite")
  message(FATAL_ERROR "libgroklab_core.a: expected no symbol of SQLite, found some")
endif()
build_project(${source}/examples/cpp examples -DCMAKE_DISABLE_FIND_PACKAGE_SQLiteCpp=ON)
file(STRINGS ${work}/examples/CMakeCache.txt sqlite REGEX "SQLITE3?_")
if(sqlite)
  message(FATAL_ERROR "core alone: expected no look at SQLite, found ${sqlite}")
endif()

# The examples, and what the installed program says of the same run.
file(WRITE ${work}/small.toml
     "[task]\nmodulus = 11\n[split]\ntrain_size = 70\n[model]\nd_model = 32\n[train]\nsteps = 400\nevaluate_every = 200\n")
run_step(${work}/examples/train_curve ${work}/small.toml 2)
expect_output(train_curve "x \\+ y mod 11, 70 of 121 rows train")
expect_output(train_curve "\n400,1\\.0000,[0-9.]+,")
expect_output(train_curve "finished at step 400")
string(REGEX MATCH "run ([0-9a-f]+):" match "${step_output}")
set(id ${CMAKE_MATCH_1})
string(REGEX MATCH "\n400,1\\.0000,([0-9.]+)," match "${step_output}")
set(test_accuracy ${CMAKE_MATCH_1})

set(program ${work}/prefix/bin/groklab)
run_step(${program} train ${work}/small.toml --store ${work}/store --quiet)
run_step(${program} export ${id} --store ${work}/store --format safetensors -o ${work}/weights.safetensors)
run_step(${work}/examples/imported_weights ${work}/weights.safetensors ${work}/small.toml)
expect_output(imported_weights "train accuracy 1\\.0000, test accuracy ${test_accuracy}, norm [0-9.]+\n")
expect_output(imported_weights "blocks\\.0\\.attn\\.W_Q +1024 numbers")
expect_output(imported_weights "invariant component: 0\\.[0-9]+ of the logits' squared norm")

run_step(${work}/examples/own_operation)
expect_output(own_operation "step 0: test accuracy 0\\.[0-9]+, commutes on [01]\\.[0-9]+ of the pairs")
expect_output(own_operation "commutes on 1\\.000 of the pairs\nstopped at step [1-9][0-9]*: stopped by the observer")

# Every component.
build_project(${CMAKE_CURRENT_LIST_DIR} consumer)
run_step(${work}/consumer/consumer ${work}/consumer_store)
expect_output(consumer "interrupted at 10, finished at 40, loaded step 40 with [0-9]+ records, fork of 10 rows at 5, page written")

run_step(${program} --version)
