# SPDX-License-Identifier: Apache-2.0
# What the wheel holds besides the .py files: the module and its stub, the program, the libraries that it
# brings along, the default network, the catalogue, licences. And how these find each other, wherever
# pip puts them.

# DT_RPATH, not DT_RUNPATH: the loader then looks there as well for what a bundled library needs, and
# before it looks into LD_LIBRARY_PATH.
set(packages $ORIGIN/../openvino/libs $ORIGIN/../scipy_openblas32/lib)
set_target_properties(_core PROPERTIES INSTALL_RPATH "${packages}")
list(TRANSFORM packages REPLACE "ORIGIN/" "ORIGIN/../")
set_target_properties(pomona PROPERTIES INSTALL_RPATH "$ORIGIN/../lib;${packages}")
foreach(target _core pomona)
  target_link_options(${target} PRIVATE -Wl,--disable-new-dtags)
endforeach()

# Nothing newer of libstdc++ than GCC 11 had. It is pulled in by name, since what refers to it may stand
# behind it in the command, and kept from the libraries that the program loads.
add_library(pomona_portable STATIC portable/condition_variable_wait.cpp portable/standard_error.cpp)
set_target_properties(pomona_portable PROPERTIES UNITY_BUILD OFF)
target_compile_options(pomona_portable PRIVATE ${POMONA_WARNINGS})
foreach(target _core pomona)
  target_link_libraries(${target} PRIVATE pomona_portable)
  target_link_options(
    ${target} PRIVATE -Wl,--exclude-libs,ALL -Wl,--undefined=pomona_stderr
    -Wl,--undefined=_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE)
endforeach()

set(bundle ${CMAKE_CURRENT_BINARY_DIR}/bundle)
add_custom_command(
  OUTPUT ${bundle}.done
  COMMAND ${Python_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/packing/bundle.py $<TARGET_FILE:pomona>
          ${bundle}
  COMMAND ${CMAKE_COMMAND} -E touch ${bundle}.done
  DEPENDS pomona packing/bundle.py
  COMMENT "Gathering the libraries of the wheel"
  VERBATIM)

# The folder `models` beside the folder of the program is where it looks.
set(models ${CMAKE_CURRENT_BINARY_DIR}/models)
file(GLOB converters CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/*.py)
add_custom_command(
  OUTPUT ${models}.done
  COMMAND ${Python_EXECUTABLE} ${CMAKE_SOURCE_DIR}/models/install.py efficientnet-lite0
          --pomona $<TARGET_FILE:pomona> --models ${models}
  COMMAND ${CMAKE_COMMAND} -E touch ${models}.done
  DEPENDS pomona ${converters} ${CMAKE_SOURCE_DIR}/models/registry.json
  COMMENT "Converting the default network"
  VERBATIM)
add_custom_target(wheel_content ALL DEPENDS ${bundle}.done ${models}.done)

install(TARGETS _core LIBRARY DESTINATION pomona)
install(TARGETS pomona RUNTIME DESTINATION pomona/bin)
install(FILES ${stub} DESTINATION pomona)
install(FILES _pomona_command.py DESTINATION .)
install(DIRECTORY ${bundle}/lib ${bundle}/licenses DESTINATION pomona USE_SOURCE_PERMISSIONS)
install(DIRECTORY ${models}/efficientnet-lite0 DESTINATION pomona/models)
install(FILES ${CMAKE_SOURCE_DIR}/catalogue/kinds.json DESTINATION pomona/catalogue)
