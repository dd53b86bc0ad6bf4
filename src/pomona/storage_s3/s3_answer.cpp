// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_answer.h"

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "pomona/base/number_text.h"

namespace pomona {
namespace {

std::optional<pugi::xml_node> parse(pugi::xml_document& document, std::string_view xml,
                                    std::string_view root) {
  // No document types, no entities of one's own: pugixml knows none.
  if (!document.load_buffer(xml.data(), xml.size())) return std::nullopt;
  const pugi::xml_node node = document.document_element();
  if (node.name() != root) return std::nullopt;
  return node;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// Keys may hold what XML cannot, so they are asked for percent-encoded.
std::string url_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(16 * digit(text[i + 1]) + digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

// After which the next page of ListObjects begins, where the service does not say it.
std::string last_name(const S3ListPage& page) {
  std::string last;
  for (const S3ListedObject& object : page.objects) last = std::max(last, object.key);
  for (const std::string& folder : page.common_prefixes) {
    // Behind all that lies in the folder: no name has a higher character.
    if (folder > last) last = folder + "\xF4\x8F\xBF\xBF";
  }
  return last;
}

S3Error error_of(const pugi::xml_node& node) {
  return {node.child_value("Code"), node.child_value("Message"), node.child_value("Region")};
}

}  // namespace

std::optional<S3Error> parse_s3_error(std::string_view xml) {
  pugi::xml_document document;
  const auto root = parse(document, xml, "Error");
  if (!root) return std::nullopt;
  return error_of(*root);
}

std::optional<S3ListPage> parse_list_page(std::string_view xml) {
  pugi::xml_document document;
  const auto root = parse(document, xml, "ListBucketResult");
  if (!root) return std::nullopt;
  const bool encoded = std::string_view(root->child_value("EncodingType")) == "url";
  const auto key_of = [&](const char* text) { return encoded ? url_decoded(text) : text; };
  S3ListPage page;
  for (const pugi::xml_node object : root->children("Contents")) {
    const std::string key = key_of(object.child_value("Key"));
    const std::optional<std::uint64_t> bytes = parse_count(object.child_value("Size"));
    if (key.empty() || !bytes) return std::nullopt;
    page.objects.push_back({key, *bytes, object.child_value("ETag")});
  }
  for (const pugi::xml_node prefix : root->children("CommonPrefixes")) {
    page.common_prefixes.push_back(key_of(prefix.child_value("Prefix")));
    if (page.common_prefixes.back().empty()) return std::nullopt;
  }
  if (std::string_view(root->child_value("IsTruncated")) == "true") {
    page.next.text = root->child_value("NextContinuationToken");
    if (page.next.empty()) {
      page.next = {key_of(root->child_value("NextMarker")), /*is_marker=*/true};
    }
    if (page.next.empty()) page.next.text = last_name(page);
    if (page.next.empty()) return std::nullopt;
  }
  return page;
}

std::optional<std::string> parse_upload_id(std::string_view xml) {
  pugi::xml_document document;
  const auto root = parse(document, xml, "InitiateMultipartUploadResult");
  if (!root || *root->child_value("UploadId") == '\0') return std::nullopt;
  return root->child_value("UploadId");
}

std::optional<std::vector<S3PendingUpload>> parse_pending_uploads(std::string_view xml) {
  pugi::xml_document document;
  const auto root = parse(document, xml, "ListMultipartUploadsResult");
  if (!root) return std::nullopt;
  std::vector<S3PendingUpload> uploads;
  for (const pugi::xml_node upload : root->children("Upload")) {
    uploads.push_back({upload.child_value("Key"), upload.child_value("UploadId")});
    // Without one of them a removal would be one of something else.
    if (uploads.back().key.empty() || uploads.back().upload_id.empty()) return std::nullopt;
  }
  return uploads;
}

std::optional<std::string> parse_result_etag(std::string_view xml) {
  pugi::xml_document document;
  for (const char* name : {"CompleteMultipartUploadResult", "CopyObjectResult", "CopyPartResult"}) {
    const auto root = parse(document, xml, name);
    if (root && *root->child_value("ETag") != '\0') return root->child_value("ETag");
  }
  return std::nullopt;
}

std::string complete_upload_xml(const std::vector<std::string>& etags) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("CompleteMultipartUpload");
  for (std::size_t i = 0; i < etags.size(); ++i) {
    pugi::xml_node part = root.append_child("Part");
    part.append_child("PartNumber").text() = static_cast<unsigned int>(i + 1);
    part.append_child("ETag").text() = etags[i].c_str();
  }
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return text.str();
}

std::string delete_objects_xml(const std::vector<std::string>& keys) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("Delete");
  root.append_child("Quiet").text() = "true";
  for (const std::string& key : keys) {
    root.append_child("Object").append_child("Key").text() = key.c_str();
  }
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return text.str();
}

std::optional<std::vector<std::pair<std::string, S3Error>>> parse_delete_result(
    std::string_view xml) {
  pugi::xml_document document;
  const auto root = parse(document, xml, "DeleteResult");
  if (!root) return std::nullopt;
  std::vector<std::pair<std::string, S3Error>> failed;
  for (const pugi::xml_node error : root->children("Error")) {
    failed.emplace_back(error.child_value("Key"), error_of(error));
  }
  return failed;
}

}  // namespace pomona
