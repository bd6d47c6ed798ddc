# One archive per component, made of whole folders of src/groklab/; a component needs those before it.
#   groklab_core       everything that trains and measures one run; no SQLite, no npm
#   groklab_store      the run store and what puts stored runs together
#   groklab_report     numbers' meaning and the page
#   groklab_workbench  sweeps, studies, benchmarks and the live page of the program; not installed
option(GROKLAB_PYTHON "The Python module, and of the rest only what it needs; needs nanobind" OFF)
if(GROKLAB_PYTHON)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)  # the archives become part of a shared object
endif()
option(GROKLAB_WITH_STORE "Component store; needs SQLite and SQLiteCpp" ON)
cmake_dependent_option(GROKLAB_WITH_REPORT "Component report; needs npm, or GROKLAB_WEB_BUNDLE" ON "GROKLAB_WITH_STORE" OFF)
cmake_dependent_option(GROKLAB_BUILD_PROGRAM "The command line; needs CLI11 and cpp-httplib" ON
                       "GROKLAB_WITH_REPORT;NOT GROKLAB_PYTHON" OFF)
cmake_dependent_option(GROKLAB_BUILD_TESTS "Tests; need GoogleTest" ON "GROKLAB_BUILD_PROGRAM" OFF)

set(groklab_core_folders base tensor exec config record view task kernel model optim engine probe train components files run)
set(groklab_store_folders store lab)
set(groklab_report_folders theory analysis report)
set(groklab_workbench_folders bench sweep studies cluster serve)

# Release builds of everything but the arithmetic see a broken stack and a copy that is too long, and end. Not beside
# sanitizers, which look at the same.
set(groklab_hardening)
if(NOT GROKLAB_FUZZ AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  set(groklab_hardening $<$<CONFIG:Release>:-fstack-protector-strong;-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>)
endif()

# What every file of the library and every test may include and the installed headers do not.
add_library(groklab_internal INTERFACE)
target_include_directories(groklab_internal INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/src)
target_link_libraries(groklab_internal INTERFACE fmt::fmt)

function(groklab_component name)
  set(sources)
  foreach(folder ${groklab_${name}_folders})
    file(GLOB_RECURSE files CONFIGURE_DEPENDS src/groklab/${folder}/*.cc)
    list(FILTER files EXCLUDE REGEX "_test\\.cc$")
    list(APPEND sources ${files})
    if(GROKLAB_FUZZ AND folder IN_LIST groklab_fuzzed_folders)
      set_property(SOURCE ${files} APPEND PROPERTY COMPILE_OPTIONS ${groklab_fuzz_options})
    endif()
    if(folder IN_LIST groklab_unity_folders)
      one_unit_per_folder(groklab_${name} ${folder} ${files})
    endif()
  endforeach()
  add_library(groklab_${name} STATIC ${sources})
  if(GROKLAB_UNITY)
    set_target_properties(groklab_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  endif()
  add_library(groklab::${name} ALIAS groklab_${name})
  set_target_properties(groklab_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(groklab_${name} PUBLIC cxx_std_20)
  target_compile_options(groklab_${name} PRIVATE "${groklab_hardening}")
  target_link_libraries(groklab_${name} PUBLIC ${ARGN} PRIVATE $<BUILD_INTERFACE:groklab_internal> fmt::fmt)
  list(FILTER sources INCLUDE REGEX "/src/groklab/(kernel|model|optim|engine|bench)/")  # the arithmetic
  set_property(SOURCE ${sources} APPEND PROPERTY COMPILE_OPTIONS "$<$<CONFIG:Release>:-O3;-fno-stack-protector;-U_FORTIFY_SOURCE>")
endfunction()

groklab_component(core nlohmann_json::nlohmann_json Threads::Threads)
target_include_directories(groklab_core PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
                                               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(groklab_core PRIVATE PkgConfig::XXHASH PkgConfig::HIGHWAY ${CMAKE_DL_LIBS}
                                   $<BUILD_INTERFACE:Eigen3::Eigen>)
set(groklab_components core)

if(GROKLAB_WITH_STORE)
  find_package(SQLiteCpp REQUIRED)
  find_package(ZLIB REQUIRED)
  pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
  groklab_component(store groklab_core)
  target_link_libraries(groklab_store PRIVATE SQLiteCpp PkgConfig::SQLITE3 ZLIB::ZLIB)
  list(APPEND groklab_components store)
endif()
if(GROKLAB_WITH_REPORT)
  groklab_component(report groklab_store)
  find_package(Boost 1.70 REQUIRED)  # Boost.Math, headers only
  target_link_libraries(groklab_report PRIVATE $<BUILD_INTERFACE:Boost::headers>)
  include(cmake/EmbedWeb.cmake)
  list(APPEND groklab_components report)
endif()
if(GROKLAB_BUILD_PROGRAM OR GROKLAB_PYTHON)
  groklab_component(workbench groklab_report)
  include(cmake/EmbedProtocols.cmake)
  include(cmake/EmbedSources.cmake)
  add_serve_assets(groklab_workbench)
  target_link_libraries(groklab_workbench PRIVATE PkgConfig::HIGHWAY)
  if(GROKLAB_BUILD_PROGRAM)
    pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
    target_link_libraries(groklab_workbench PRIVATE PkgConfig::HTTPLIB)
  else()  # the Python module serves nothing
    set_source_files_properties(src/groklab/serve/server.cc PROPERTIES HEADER_FILE_ONLY TRUE)
  endif()
endif()

set(groklab_archives ${groklab_components})
list(TRANSFORM groklab_archives PREPEND groklab_)
add_custom_target(groklab_library DEPENDS ${groklab_archives})
