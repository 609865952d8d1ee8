#include "api/handlers.h"
#include "api/qr.h"

namespace anlan::api {
namespace {

// Where a phone that does not trust us yet gets the certificate: plain http if there is such a
// door, else past the browser's warning.
Json certificate_urls(const Services& at) {
  Json list = Json::array();
  bool has_plain = at.places.http_port != 0;
  std::string scheme = has_plain || !at.places.is_tls ? "http://" : "https://";
  uint16_t port = has_plain ? at.places.http_port : at.places.port;
  for (const std::string& host : at.places.hosts) {
    list.push(scheme + host + ":" + std::to_string(port) + "/ca.crt");
  }
  return list;
}

}  // namespace

std::vector<std::string> Services::addresses() const {
  std::vector<std::string> list;
  std::string scheme = places.is_tls ? "https://" : "http://";
  for (const std::string& host : places.hosts) {
    list.push_back(scheme + host + ":" + std::to_string(places.port));
  }
  return list;
}

namespace handle {

Result<Json> ledger_head(Services& at, const Call&) { return at.engine.ledger_head(); }

Result<Json> ledger_inclusion(Services& at, const Call& call) {
  int64_t leaf = TRY(query_number(call, "leaf"));
  return at.engine.ledger_inclusion(leaf, TRY(query_number(call, "size")));
}

Result<Json> ledger_consistency(Services& at, const Call& call) {
  int64_t from = TRY(query_number(call, "from"));
  return at.engine.ledger_consistency(from, TRY(query_number(call, "to")));
}

Result<Json> authority(Services& at, const Call&) {
  Json addresses = Json::array();
  for (std::string& address : at.addresses()) addresses.push(std::move(address));
  Json answer = Json::object({{"tls", at.places.is_tls},
                              {"certificate_urls", certificate_urls(at)},
                              {"addresses", std::move(addresses)}});
  if (at.authority.certificate_pem.empty()) return answer;
  answer.set("name", at.authority.name);
  answer.set("fingerprint", at.authority.fingerprint);
  answer.set("not_after", format_instant(at.authority.not_after));
  return answer;
}

Result<Answer> certificate(Services& at, const Call&) {
  if (at.authority.certificate_pem.empty()) return refuse(ErrorCode::NotFound, "no TLS here");
  return Answer{.type = "application/x-x509-ca-cert",
                .headers = {{"Content-Disposition", "attachment; filename=\"anlan-ca.crt\""},
                            {"Cache-Control", "no-store"}},
                .body = at.authority.certificate_pem};
}

Result<Answer> qr_code(Services&, const Call& call) {
  auto text = call.query.find("text");
  std::string svg = TRY(qr_svg(text == call.query.end() ? "" : text->second));
  return Answer{.type = "image/svg+xml",
                .headers = {{"Cache-Control", "private, max-age=86400"}},
                .body = std::move(svg)};
}

Result<Answer> label(Services&, const Call& call) {
  return redirect_answer("/m/#/report?code=" + encode_percent(call.params.at("code")));
}

Result<Json> openapi(Services&, const Call&) { return openapi_document(); }

Result<Answer> docs(Services& at, const Call& call) {
  std::optional<Answer> page = at.files.serve("/api-docs/index.html", call.request);
  if (!page) return refuse(ErrorCode::NotFound, "the pages are not built");
  return std::move(*page);
}

}  // namespace handle
}  // namespace anlan::api
