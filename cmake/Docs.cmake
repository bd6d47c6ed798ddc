# The reference of the public headers, in reference/html of the build folder: cmake --build build --target docs.
find_program(DOXYGEN_EXECUTABLE doxygen)
add_custom_target(docs
  COMMAND ${CMAKE_COMMAND} -DDOXYGEN=${DOXYGEN_EXECUTABLE} -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}
          -DOUTPUT=${CMAKE_CURRENT_BINARY_DIR}/reference -DREQUIRED=ON
          -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/RunDoxygen.cmake
  VERBATIM)
