// SPDX-License-Identifier: Apache-2.0
#include "pomona/http/http_connection.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <exception>
#include <filesystem>
#include <mutex>
#include <new>
#include <system_error>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/unicode.h"
#include "pomona/http/system_certificates.h"

namespace pomona {
namespace {

// So many bytes are taken from the socket at a time. libcurl's own 16 KiB cost objects of some MB
// as much as their digest.
constexpr long kBufferBytes = 256L << 10U;
// Slower is no progress.
constexpr long kSlowestBytesASecond = 200;

struct Receiver {
  std::string* body = nullptr;
  HttpAnswer* answer = nullptr;
  CURL* curl = nullptr;
  const HttpLimits* limits = nullptr;
  std::uint64_t limit = 0;  // known once the body begins
  bool too_large = false;
  // What was thrown while libcurl called. It is C and must not be unwound: it is asked to end the
  // request, and perform() throws then.
  std::exception_ptr thrown;
};

// What libcurl gets back from a call of `take`, which returns whether to go on: `count`, or another
// number, which ends the request.
template <class Take>
std::size_t guarded(Receiver& receiver, std::size_t count, const Take& take) noexcept {
  try {
    if (take()) return count;
  } catch (...) {
    receiver.thrown = std::current_exception();
  }
  return count == 0 ? 1 : 0;
}

std::uint64_t limit_of(const Receiver& receiver) {
  long status = 0;
  curl_easy_getinfo(receiver.curl, CURLINFO_RESPONSE_CODE, &status);
  return status < 300 ? receiver.limits->body_bytes
                      : std::max(receiver.limits->body_bytes, receiver.limits->error_bytes);
}

std::size_t receive_body(char* bytes, std::size_t, std::size_t count, void* user) {
  auto& receiver = *static_cast<Receiver*>(user);
  return guarded(receiver, count, [&] {
    if (receiver.body->empty()) {
      receiver.limit = limit_of(receiver);
      const std::string length = receiver.answer->header("content-length");
      const std::uint64_t announced = parse_count(length).value_or(0);
      receiver.too_large = announced > receiver.limit;
      // What grows by doubling is copied, and keeps more memory than it needs.
      if (!receiver.too_large) receiver.body->reserve(announced);
    }
    receiver.too_large = receiver.too_large || count > receiver.limit - receiver.body->size();
    if (!receiver.too_large) receiver.body->append(bytes, count);
    return !receiver.too_large;
  });
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t receive_header(char* bytes, std::size_t, std::size_t count, void* user) {
  auto& receiver = *static_cast<Receiver*>(user);
  return guarded(receiver, count, [&] {
    const std::string_view line(bytes, count);
    const std::size_t colon = line.find(':');
    if (line.starts_with("HTTP/")) {
      receiver.answer->headers.clear();  // of a "100 Continue" before the answer
    } else if (colon != std::string_view::npos) {
      receiver.answer->headers[ascii_lower(line.substr(0, colon))] =
          trimmed(line.substr(colon + 1));
    }
    return true;
  });
}

// Called about once a second, and whenever something comes.
int watch(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return static_cast<const std::stop_token*>(user)->stop_requested() ? 1 : 0;
}

TransportFailure::Kind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return TransportFailure::Kind::kNoHost;
    case CURLE_COULDNT_CONNECT: return TransportFailure::Kind::kConnect;
    case CURLE_OPERATION_TIMEDOUT: return TransportFailure::Kind::kTimeOut;
    case CURLE_WEIRD_SERVER_REPLY: return TransportFailure::Kind::kMalformed;
    case CURLE_ABORTED_BY_CALLBACK: return TransportFailure::Kind::kStopped;
    case CURLE_SSL_CONNECT_ERROR: return TransportFailure::Kind::kNoTls;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR: return TransportFailure::Kind::kCertificate;
    case CURLE_SSL_CACERT_BADFILE: return TransportFailure::Kind::kNoCertificates;
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return TransportFailure::Kind::kCut;
    default: return TransportFailure::Kind::kOther;
  }
}

// Lines of a header as libcurl takes them.
class HeaderLines {
 public:
  HeaderLines() = default;
  ~HeaderLines() { curl_slist_free_all(lines_); }
  HeaderLines(const HeaderLines&) = delete;
  HeaderLines& operator=(const HeaderLines&) = delete;

  void add(const std::string& line) {
    curl_slist* const longer = curl_slist_append(lines_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    lines_ = longer;
  }
  curl_slist* get() const { return lines_; }

 private:
  curl_slist* lines_ = nullptr;
};

void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

void HttpLimits::check() const {
  constexpr std::int64_t kDay = 86'400'000;  // libcurl takes 0 for no limit, or for one of its own
  check_range<std::int64_t>("connect", connect.count(), 1, kDay, " ms");
  check_range<std::int64_t>("total", total.count(), 1, kDay, " ms");
  check_range<std::int64_t>("stall", stall.count(), 1, kDay / 1000, " s");
  check_range("body_bytes", body_bytes, 1, std::uint64_t{1} << 40U);
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && keep_slash);
    if (plain) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kDigits[byte >> 4U];
      encoded += kDigits[byte & 15U];
    }
  }
  return encoded;
}

std::string HttpRequest::host() const {
  std::string host = origin.substr(origin.find("://") + 3);
  const std::string own_port = origin.starts_with("https:") ? ":443" : ":80";
  if (host.ends_with(own_port)) host.resize(host.size() - own_port.size());
  return host;
}

std::string HttpRequest::query_text() const {
  std::vector<std::pair<std::string, std::string>> encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) {
    encoded.emplace_back(percent_encode(name, /*keep_slash=*/false),
                         percent_encode(value, /*keep_slash=*/false));
  }
  std::ranges::sort(encoded);
  std::string text;
  for (const auto& [name, value] : encoded) {
    text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return text;
}

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

struct HttpConnection::State {
  CURL* curl = nullptr;
  std::string certificates;
  bool is_folder = false;  // `certificates`
  std::array<char, CURL_ERROR_SIZE> error{};
};

HttpConnection::HttpConnection(std::string certificates) : state_(std::make_unique<State>()) {
  start_curl();
  if (certificates.empty()) certificates = system_certificates();
  std::error_code none;
  state_->is_folder = std::filesystem::is_directory(certificates, none);
  state_->certificates = std::move(certificates);
  state_->curl = curl_easy_init();
  if (state_->curl == nullptr) {
    throw Error(ErrorKind::kInternal, "opening an HTTP connection: libcurl did not start");
  }
}

HttpConnection::~HttpConnection() { curl_easy_cleanup(state_->curl); }

expected<HttpAnswer, TransportFailure> HttpConnection::perform(const HttpRequest& request,
                                                               const HttpLimits& limits,
                                                               std::string& body) {
  CURL* curl = state_->curl;
  curl_easy_reset(curl);  // options go, connections stay
  body.clear();
  HttpAnswer answer;
  Receiver receiver{&body, &answer, curl, &limits};
  std::string url = request.origin + request.path;
  if (const std::string query = request.query_text(); !query.empty()) url += "?" + query;

  HeaderLines lines;
  for (const auto& [name, value] : request.headers) {
    // libcurl sends "name;" as a header without a value.
    lines.add(value.empty() ? name + ";" : name + ": " + value);
  }
  lines.add("expect:");

  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, kBufferBytes);
  if (!state_->certificates.empty()) {
    curl_easy_setopt(curl, state_->is_folder ? CURLOPT_CAPATH : CURLOPT_CAINFO,
                     state_->certificates.c_str());
    // Else those of the system would be trusted as well.
    if (state_->is_folder) curl_easy_setopt(curl, CURLOPT_CAINFO, nullptr);
  }
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.get());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, state_->error.data());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesASecond);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stall.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &receiver);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receive_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &receiver);
  std::stop_token stop = limits.stop;
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (request.method == "PUT" || request.method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): its size is said above
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  }

  state_->error[0] = '\0';
  const CURLcode code = curl_easy_perform(curl);
  if (receiver.thrown) std::rethrow_exception(receiver.thrown);
  if (receiver.too_large) {
    return unexpected(
        TransportFailure{TransportFailure::Kind::kTooLarge,
                         "more than " + std::to_string(receiver.limit) + " bytes would come"});
  }
  if (code != CURLE_OK) {
    const std::string message =
        state_->error[0] != '\0' ? state_->error.data() : curl_easy_strerror(code);
    TransportFailure::Kind kind = kind_of(code);
    curl_off_t connected = 0;  // when, in microseconds
    curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
    if (kind == TransportFailure::Kind::kTimeOut && connected == 0) {
      kind = TransportFailure::Kind::kNoConnection;
    }
    return unexpected(TransportFailure{kind, message});
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace pomona
