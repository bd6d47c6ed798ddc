# Puts the report page's script bundle, style sheet and template into the component report, and makes those of the live
# page, which add_serve_assets puts into the program's part.
# npm runs only when web/package*.json or the page's sources change; everything it makes lies in the build folder.
enable_language(ASM)

set(GROKLAB_WEB_BUNDLE "" CACHE FILEPATH "Ready-made bundle.js for the report page, with app.js and app.css of the live page beside it; empty: npm builds them")

set(web_source ${CMAKE_CURRENT_SOURCE_DIR}/web)
set(web_build ${CMAKE_CURRENT_BINARY_DIR}/web)

if(GROKLAB_WEB_BUNDLE)
  set(web_bundle ${GROKLAB_WEB_BUNDLE})
else()
  find_program(NPM_EXECUTABLE npm)
  if(NOT NPM_EXECUTABLE)
    message(FATAL_ERROR "report page: expected the program npm (Debian packages nodejs and npm), found none. "
                        "Install it, or give a ready-made bundle with -DGROKLAB_WEB_BUNDLE=FILE.")
  endif()

  set(web_packages ${web_source}/package.json ${web_source}/package-lock.json ${web_source}/.npmrc)
  set(web_stamp ${web_build}/packages.stamp)
  add_custom_command(
    OUTPUT ${web_stamp}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${web_build}
    COMMAND ${CMAKE_COMMAND} -E copy ${web_packages} ${web_build}
    COMMAND ${NPM_EXECUTABLE} ci --ignore-scripts --include=dev --prefer-offline --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${web_stamp}
    DEPENDS ${web_packages}
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/web
    COMMENT "Fetching the pages' packages with npm"
    VERBATIM)

  set(web_bundle ${web_build}/dist/bundle.js)
  file(GLOB_RECURSE web_scripts CONFIGURE_DEPENDS ${web_source}/src/*.js ${web_source}/serve/src/*.ts
       ${web_source}/serve/src/*.tsx ${web_source}/serve/*.css)
  add_custom_command(
    OUTPUT ${web_bundle} ${web_build}/dist/app.js ${web_build}/dist/app.css
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${web_build}/src ${web_build}/serve
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${web_source}/src ${web_build}/src
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${web_source}/serve ${web_build}/serve
    COMMAND ${CMAKE_COMMAND} -E copy ${web_source}/build.mjs ${web_source}/base.css ${web_build}
    COMMAND ${NPM_EXECUTABLE} run --silent build
    DEPENDS ${web_stamp} ${web_source}/build.mjs ${web_source}/base.css ${web_scripts}
    WORKING_DIRECTORY ${web_build}
    COMMENT "Bundling the pages' scripts"
    VERBATIM)
  file(MAKE_DIRECTORY ${web_build})
endif()

# .incbin takes the bytes as they are: a megabyte costs the compiler nothing.
set(web_base_style ${web_source}/base.css)
set(web_style ${web_source}/page.css)
set(web_template ${web_source}/page.html)
configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/web_assets.S.in ${web_build}/web_assets.S @ONLY)
set_source_files_properties(${web_build}/web_assets.S PROPERTIES
                            OBJECT_DEPENDS "${web_bundle};${web_base_style};${web_style};${web_template}")
target_sources(groklab_report PRIVATE ${web_build}/web_assets.S)

# The live page's files go into `target`, which has src/groklab/serve.
get_filename_component(web_dist ${web_bundle} DIRECTORY)
set(serve_script ${web_dist}/app.js)
set(serve_style ${web_dist}/app.css)
set(serve_template ${web_source}/serve/index.html)
function(add_serve_assets target)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/serve_assets.S.in ${web_build}/serve_assets.S @ONLY)
  set_source_files_properties(${web_build}/serve_assets.S PROPERTIES
                              OBJECT_DEPENDS "${serve_script};${serve_style};${serve_template}")
  target_sources(${target} PRIVATE ${web_build}/serve_assets.S)
  add_dependencies(${target} groklab_report)  # whose build makes the bundles
endfunction()
