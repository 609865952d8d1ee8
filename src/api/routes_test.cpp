#include "api/routes.h"

#include <gtest/gtest.h>

#include <set>

#include "api/qr.h"
#include "api/schema.h"

namespace anlan::api {
namespace {

TEST(Routes, ALiteralPartWinsOverAParameter) {
  Found count = find_route(Method::Get, "/api/records/hazard/count");
  ASSERT_NE(count.route, nullptr);
  EXPECT_EQ(count.route->name, "count_records");
  Found one = find_route(Method::Get, "/api/records/hazard/abc");
  ASSERT_NE(one.route, nullptr);
  EXPECT_EQ(one.route->name, "record");
  EXPECT_EQ(one.params.at("id"), "abc");
}

TEST(Routes, AWrongMethodIsToldWhichOnesThereAre) {
  Found found = find_route(Method::Delete, "/api/records/hazard");
  EXPECT_EQ(found.route, nullptr);
  EXPECT_EQ(found.allowed, "GET, POST");
}

TEST(Routes, UnknownPathsLeadNowhere) {
  for (const char* path : {"/api", "/api/", "/api/nothing", "/api/records/", "/api/records//x",
                           "/api/me/", "/API/me"}) {
    Found found = find_route(Method::Get, path);
    EXPECT_EQ(found.route, nullptr) << path;
    EXPECT_EQ(found.allowed, "") << path;
  }
}

TEST(Routes, EveryRowNamesShapesThatExistAndHasBothTexts) {
  std::set<std::string_view> names;
  for (const Route& route : routes()) {
    EXPECT_TRUE(names.insert(route.name).second) << route.name;
    EXPECT_FALSE(route.zh.empty() || route.en.empty()) << route.name;
    EXPECT_TRUE(!route.has_json_body() || schemas().has(route.request)) << route.name;
    EXPECT_TRUE(route.answer == "bytes" || schemas().has(route.answer)) << route.name;
  }
}

void collect_refs(const Json& value, std::set<std::string>& refs) {
  if (value.is_array()) {
    for (const Json& item : value.as_array()) collect_refs(item, refs);
  }
  if (!value.is_object()) return;
  for (const auto& [name, item] : value.as_object()) {
    if (name == "$ref") refs.insert(item.as_text());
    collect_refs(item, refs);
  }
}

TEST(OpenApi, EveryReferenceLeadsToAComponent) {
  Json document = openapi_document();
  EXPECT_EQ(document.text_or("openapi", ""), "3.1.0");
  std::set<std::string> refs;
  collect_refs(document, refs);
  EXPECT_GT(refs.size(), 20u);
  for (const std::string& ref : refs) {
    ASSERT_TRUE(ref.starts_with("#/components/schemas/")) << ref;
    EXPECT_TRUE(document["components"]["schemas"].has(ref.substr(21))) << ref;
  }
  EXPECT_TRUE(document["paths"]["/api/records/{form}"].has("post"));
}

ErrorCode code_for(std::string_view shape, std::string_view body) {
  auto checked = check_shape(shape, parse_json(body).value());
  return checked ? ErrorCode::Internal : checked.error().code;
}

TEST(Schema, WrongBodiesAreRefusedByWhatIsWrong) {
  EXPECT_EQ(code_for("Login", R"({"login":"a","password":"b"})"), ErrorCode::Internal);
  EXPECT_EQ(code_for("Login", R"({"login":"a"})"), ErrorCode::MissingField);
  EXPECT_EQ(code_for("Login", R"({"login":"","password":"b"})"), ErrorCode::MissingField);
  EXPECT_EQ(code_for("Login", R"({"login":1,"password":"b"})"), ErrorCode::BadField);
  EXPECT_EQ(code_for("Login", R"({"login":"a","password":"b","x":1})"), ErrorCode::UnknownField);
  EXPECT_EQ(code_for("Login", R"({"login":"a","password":"b","client":"tv"})"),
            ErrorCode::BadField);
  EXPECT_EQ(code_for("Login", R"([])"), ErrorCode::BadField);
  EXPECT_EQ(code_for("CreateRecord", R"({"id":"nope","fields":{}})"), ErrorCode::BadField);
  EXPECT_EQ(code_for("UpdateRecord", R"({"version":-1,"fields":{}})"), ErrorCode::BadField);
  EXPECT_EQ(code_for("UpdateRecord", R"({"version":1.5,"fields":{}})"), ErrorCode::BadField);
}

TEST(Schema, TheRefusalNamesTheMember) {
  auto checked = check_shape("ImportOrg", parse_json(R"({"units":[{},3]})").value());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().field, "units.1");
}

TEST(Qr, AShortTextBecomesOneDrawing) {
  std::string svg = qr_svg("https://10.0.0.1:8443/q/T-101").value();
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "));
  // 29 bytes at level M need version 3: 29 modules and 8 of margin; a finder pattern at the corner.
  EXPECT_NE(svg.find("viewBox=\"0 0 37 37\""), std::string::npos);
  EXPECT_NE(svg.find("M4 4h1v1h-1z"), std::string::npos);
  EXPECT_EQ(svg.find("M5 5h1v1h-1z"), std::string::npos);
}

TEST(Qr, EmptyAndLongTextsAreRefused) {
  EXPECT_EQ(qr_svg("").error().code, ErrorCode::MissingField);
  EXPECT_TRUE(qr_svg(std::string(500, 'x')));
  EXPECT_EQ(qr_svg(std::string(501, 'x')).error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace anlan::api
