# Installs the build into a new prefix, then configures, builds and runs the consumer against it, and nothing else.
set(work ${GROKLAB_BUILD}/package_test)
file(REMOVE_RECURSE ${work})

function(run_step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN}: expected exit code 0, found ${result}\n${output}")
  endif()
  set(step_output "${output}" PARENT_SCOPE)
endfunction()

run_step(${CMAKE_COMMAND} --install ${GROKLAB_BUILD} --prefix ${work}/prefix)
run_step(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${work}/build -G ${GENERATOR}
         -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_PREFIX_PATH=${work}/prefix)
run_step(${CMAKE_COMMAND} --build ${work}/build)
run_step(${work}/build/consumer)
if(NOT step_output MATCHES "step 10\n")
  message(FATAL_ERROR "consumer: expected ten steps, found: ${step_output}")
endif()
run_step(${work}/prefix/bin/groklab --version)
