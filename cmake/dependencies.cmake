# SPDX-License-Identifier: Apache-2.0
# The only place that finds third parties. Each has one owner among the modules: see tools/layers.txt.

# g++ 12 sees overlapping copies where strings are joined (its bug 105651), hence no -Wrestrict.
set(POMONA_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                    -Wno-missing-field-initializers -Wno-restrict)

# Debian packages. The wheel takes those that the module needs as archives: a shared library of the same
# name may be in the process already, such as the libcrypto of Python itself.
find_package(Threads REQUIRED)
set(shared_suffixes ${CMAKE_FIND_LIBRARY_SUFFIXES})
if(SKBUILD)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
  set(OPENSSL_USE_STATIC_LIBS ON)
endif()
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(JPEG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PNG REQUIRED)
find_package(Eigen3 3.4 REQUIRED)
find_package(PkgConfig REQUIRED)
# Its .pc file defines UTF8PROC_EXPORTS, which only a build of the library itself needs; with it, base
# could not share its precompiled header.
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
set_target_properties(PkgConfig::UTF8PROC PROPERTIES INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp libwebpdemux)
set(CMAKE_FIND_LIBRARY_SUFFIXES ${shared_suffixes})

# Debian compiles its archives for programs. What keeps these two out of a module is that they refer to
# `stderr`, a variable of another library, by its distance. Copies refer to one in python/portable instead.
if(SKBUILD)
  foreach(library JPEG PNG)
    cmake_path(SET own ${CMAKE_BINARY_DIR}/lib${library}.a)
    execute_process(COMMAND ${CMAKE_OBJCOPY} --redefine-sym stderr=pomona_stderr
                            ${${library}_LIBRARY_RELEASE} ${own} COMMAND_ERROR_IS_FATAL ANY)
    set_target_properties(${library}::${library} PROPERTIES IMPORTED_LOCATION ${own}
                                                            IMPORTED_LOCATION_RELEASE ${own})
  endforeach()
endif()
if(POMONA_S3)
  find_package(CURL 7.88 REQUIRED)
  find_package(pugixml 1.13 REQUIRED)
endif()
if(POMONA_CLI)
  find_package(CLI11 2.1 REQUIRED)
  find_package(tomlplusplus 3.3 REQUIRED)
endif()
if(POMONA_TESTS)
  find_package(GTest REQUIRED)
endif()
if(POMONA_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()

# The Python that the module is built for, in the environment that holds the SDKs below. A build of the
# wheel names it; any other takes that of the virtual environment.
set(POMONA_VENV ${CMAKE_SOURCE_DIR}/.venv CACHE PATH "virtual environment of requirements/build.txt")
if(POMONA_PYTHON)
  if(NOT SKBUILD)
    set(Python_ROOT_DIR ${POMONA_VENV})
    set(Python_FIND_VIRTUALENV ONLY)
  endif()
  find_package(Python 3.11 REQUIRED COMPONENTS Interpreter Development.Module
               OPTIONAL_COMPONENTS Development.SABIModule)
endif()

# Three Python wheels that are C++ SDKs, and one that is Node: of the environment in which the wheel is
# built, or of the virtual environment that tools/setup makes.
if(SKBUILD)
  execute_process(
    COMMAND ${Python_EXECUTABLE} -c "import importlib.util, pathlib; \
print(pathlib.Path(importlib.util.find_spec('openvino').origin).parent.parent)"
    OUTPUT_VARIABLE POMONA_SITE_PACKAGES OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  find_program(npm npm REQUIRED NO_CMAKE_SYSTEM_PATH)
  get_filename_component(POMONA_NODE ${npm} DIRECTORY)
else()
  file(GLOB POMONA_SITE_PACKAGES ${POMONA_VENV}/lib/python3*/site-packages)
  if(NOT POMONA_SITE_PACKAGES)
    message(FATAL_ERROR "no virtual environment at ${POMONA_VENV}: run tools/setup first")
  endif()
  set(POMONA_NODE ${POMONA_VENV}/bin)
endif()

set(OpenVINO_DIR ${POMONA_SITE_PACKAGES}/openvino/cmake)
find_package(OpenVINO 2026.4 REQUIRED COMPONENTS Runtime)

# Debian's OpenBLAS knows no processor of after 2022 and computes on those as on one of 2004.
set(blas ${POMONA_SITE_PACKAGES}/scipy_openblas32)
if(NOT EXISTS ${blas})
  message(FATAL_ERROR "no scipy_openblas32 in ${POMONA_SITE_PACKAGES}: run tools/setup first")
endif()
add_library(openblas SHARED IMPORTED)
set_target_properties(openblas PROPERTIES IMPORTED_LOCATION ${blas}/lib/libscipy_openblas.so)
target_include_directories(openblas SYSTEM INTERFACE ${blas}/include)

# Wheels hold no symbolic links, so the versioned names are linked (pyarrow 26). S3 needs the AWS SDK
# inside Arrow.
if(POMONA_TABLES OR POMONA_S3)
  set(arrow ${POMONA_SITE_PACKAGES}/pyarrow)
  if(NOT EXISTS ${arrow}/libarrow.so.2600)
    message(FATAL_ERROR "no pyarrow 26 in ${POMONA_SITE_PACKAGES}: run tools/setup, or build without "
                        "what needs Arrow: -DPOMONA_TABLES=OFF -DPOMONA_S3=OFF")
  endif()
  foreach(library arrow arrow_s3 parquet)
    add_library(pyarrow_${library} SHARED IMPORTED)
    set_target_properties(pyarrow_${library} PROPERTIES IMPORTED_LOCATION
                                                        ${arrow}/lib${library}.so.2600)
    target_include_directories(pyarrow_${library} SYSTEM INTERFACE ${arrow}/include)
  endforeach()
endif()

# Assertions name the header they stand in; the wheel is to hold no path of the machine that built it.
if(SKBUILD)
  add_compile_options(-fmacro-prefix-map=${POMONA_SITE_PACKAGES}/= -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)
endif()
