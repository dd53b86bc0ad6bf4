// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/linear_algebra.h"

#include <cblas.h>

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>

#include "pomona/base/error.h"

// LAPACK's Fortran symbols, which the OpenBLAS library carries; character arguments take a hidden
// length at the end.
// NOLINTBEGIN(readability-identifier-naming): Fortran's names
extern "C" {
void scipy_dsytrd_(const char* uplo, const int* n, double* a, const int* lda, double* d, double* e,
                   double* tau, double* work, const int* lwork, int* info, std::size_t);
void scipy_dsterf_(const int* n, double* d, double* e, int* info);
void scipy_dstedc_(const char* compz, const int* n, double* d, double* e, double* z, const int* ldz,
                   double* work, const int* lwork, int* iwork, const int* liwork, int* info,
                   std::size_t);
void scipy_dormtr_(const char* side, const char* uplo, const char* trans, const int* m,
                   const int* n, const double* a, const int* lda, const double* tau, double* c,
                   const int* ldc, double* work, const int* lwork, int* info, std::size_t,
                   std::size_t, std::size_t);
void scipy_dpotrf_(const char* uplo, const int* n, double* a, const int* lda, int* info,
                   std::size_t);
void scipy_dpotrs_(const char* uplo, const int* n, const int* nrhs, const double* a, const int* lda,
                   double* b, const int* ldb, int* info, std::size_t);
}
// NOLINTEND(readability-identifier-naming)

namespace pomona {
namespace {

// OpenBLAS would share one call among threads of its own; ours are the threads here.
bool use_one_thread_a_call() noexcept {
  scipy_openblas_set_num_threads(1);
  return true;
}
[[maybe_unused]] const bool kOneThreadACall = use_one_thread_a_call();

int to_int(std::size_t size) { return static_cast<int>(size); }

void check(int info, const char* routine) {
  if (info == 0) return;
  throw Error(ErrorKind::kInternal, std::string("the LAPACK routine ") + routine +
                                        " failed with code " + std::to_string(info));
}

// A matrix is row-major here and column-major in LAPACK, so what is the upper triangle for us is
// the lower one there.
constexpr const char* kUpper = "L";

}  // namespace

void multiply_by_transposed(MatrixView<const float> a, MatrixView<const float> b,
                            MatrixView<float> out) {
  assert(a.cols() == b.cols() && out.rows() == a.rows() && out.cols() == b.rows());
  scipy_cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, to_int(a.rows()), to_int(b.rows()),
                    to_int(a.cols()), 1, a.data(), to_int(a.cols()), b.data(), to_int(b.cols()), 0,
                    out.data(), to_int(out.cols()));
}

void multiply(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> out) {
  assert(a.cols() == b.rows() && out.rows() == a.rows() && out.cols() == b.cols());
  scipy_cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, to_int(a.rows()), to_int(b.cols()),
                    to_int(a.cols()), 1, a.data(), to_int(a.cols()), b.data(), to_int(b.cols()), 0,
                    out.data(), to_int(out.cols()));
}

void add_gram(MatrixView<const double> rows, MatrixView<double> gram) {
  assert(gram.rows() == rows.cols() && gram.cols() == rows.cols());
  scipy_cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, to_int(rows.cols()), to_int(rows.rows()),
                    1, rows.data(), to_int(rows.cols()), 1, gram.data(), to_int(gram.cols()));
}

bool solve_positive_definite(MatrixView<double> a, MatrixView<double> b) {
  assert(a.rows() == a.cols() && b.cols() == a.cols());
  const int n = to_int(a.rows());
  const int count = to_int(b.rows());
  int info = 0;
  scipy_dpotrf_(kUpper, &n, a.data(), &n, &info, 1);
  if (info > 0) return false;
  check(info, "dpotrf");
  scipy_dpotrs_(kUpper, &n, &count, a.data(), &n, b.data(), &n, &info, 1);
  check(info, "dpotrs");
  return true;
}

CholeskyFactor::CholeskyFactor(MatrixView<double> a) : size_(a.rows()) {
  assert(a.rows() == a.cols());
  const int n = to_int(size_);
  int info = 0;
  scipy_dpotrf_(kUpper, &n, a.data(), &n, &info, 1);
  check(info, "dpotrf");
  packed_.reserve(size_ * (size_ + 1) / 2);
  for (std::size_t i = 0; i < size_; ++i) {
    const std::span<const double> row = a.row(i).subspan(i);
    packed_.insert(packed_.end(), row.begin(), row.end());
  }
}

void CholeskyFactor::multiply(std::span<double> x) const {
  scipy_cblas_dtpmv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, to_int(size_),
                    packed_.data(), x.data(), 1);
}

void CholeskyFactor::solve(std::span<double> x) const {
  scipy_cblas_dtpsv(CblasRowMajor, CblasUpper, CblasNoTrans, CblasNonUnit, to_int(size_),
                    packed_.data(), x.data(), 1);
}

void CholeskyFactor::solve_transposed(std::span<double> x) const {
  scipy_cblas_dtpsv(CblasRowMajor, CblasUpper, CblasTrans, CblasNonUnit, to_int(size_),
                    packed_.data(), x.data(), 1);
}

SymmetricEigen::SymmetricEigen(Matrix<double> symmetric)
    : reflectors_(std::move(symmetric)),
      diagonal_(reflectors_.rows()),
      off_diagonal_(reflectors_.rows()),
      reflector_scales_(reflectors_.rows()) {
  assert(reflectors_.rows() == reflectors_.cols());
  const int n = to_int(reflectors_.rows());
  std::vector<double> work(64 * reflectors_.rows() + 1);
  const int work_size = to_int(work.size());
  int info = 0;
  scipy_dsytrd_(kUpper, &n, reflectors_.data(), &n, diagonal_.data(), off_diagonal_.data(),
                reflector_scales_.data(), work.data(), &work_size, &info, 1);
  check(info, "dsytrd");
  values_ = diagonal_;
  std::vector<double> off_diagonal = off_diagonal_;
  scipy_dsterf_(&n, values_.data(), off_diagonal.data(), &info);
  check(info, "dsterf");
  std::reverse(values_.begin(), values_.end());
}

Matrix<double> SymmetricEigen::vectors(std::size_t count) const {
  const std::size_t size = diagonal_.size();
  assert(count <= size);
  const int n = to_int(size);
  std::vector<double> diagonal = diagonal_;
  std::vector<double> off_diagonal = off_diagonal_;
  Matrix<double> all(size, size);
  std::vector<double> work(1 + 4 * size + size * size);
  std::vector<int> integer_work(3 + 5 * size);
  const int work_size = to_int(work.size());
  const int integer_work_size = to_int(integer_work.size());
  int info = 0;
  scipy_dstedc_("I", &n, diagonal.data(), off_diagonal.data(), all.data(), &n, work.data(),
                &work_size, integer_work.data(), &integer_work_size, &info, 1);
  check(info, "dstedc");

  // Smallest first in `all`, one vector a row of ours.
  Matrix<double> vectors(count, size);
  for (std::size_t i = 0; i < count; ++i) {
    std::ranges::copy(all.row(size - 1 - i), vectors.row(i).begin());
  }
  const int wanted = to_int(count);
  scipy_dormtr_("L", kUpper, "N", &n, &wanted, reflectors_.data(), &n, reflector_scales_.data(),
                vectors.data(), &n, work.data(), &work_size, &info, 1, 1, 1);
  check(info, "dormtr");
  return vectors;
}

}  // namespace pomona
