# groklab._core, the Python module (python/). Built by `pip install .`, which brings nanobind; the stable ABI needs
# CPython 3.12 or newer, for an older one the module is that version's own.
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module OPTIONAL_COMPONENTS Development.SABIModule)
execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir OUTPUT_VARIABLE nanobind_DIR
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
find_package(nanobind CONFIG REQUIRED)

file(GLOB python_sources CONFIGURE_DEPENDS python/src/*.cc)
nanobind_add_module(_core STABLE_ABI NB_STATIC NB_SUPPRESS_WARNINGS ${python_sources})
target_link_libraries(_core PRIVATE groklab_workbench groklab_internal)
# Nothing but the module's entry is seen from outside; the archives' own names stay its own.
target_link_options(_core PRIVATE -Wl,--exclude-libs,ALL -Wl,-z,relro,-z,now)
install(TARGETS _core LIBRARY DESTINATION groklab COMPONENT python)

nanobind_add_stub(_core_stub MODULE _core OUTPUT _core.pyi PYTHON_PATH $<TARGET_FILE_DIR:_core> DEPENDS _core)
# Optional, since `make python-test-asan` builds the module alone: with the checks it cannot be imported during a build.
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/_core.pyi DESTINATION groklab COMPONENT python OPTIONAL)
