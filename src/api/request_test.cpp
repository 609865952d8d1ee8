#include "api/request.h"

#include <gtest/gtest.h>

namespace anlan::api {
namespace {

TEST(Query, FieldsAreDecoded) {
  auto fields = parse_query("q=%E6%B3%84%E6%BC%8F&limit=25&empty=&a+b=c+d");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->at("q"), "泄漏");
  EXPECT_EQ(fields->at("limit"), "25");
  EXPECT_EQ(fields->at("empty"), "");
  EXPECT_EQ(fields->at("a b"), "c d");
}

void refuses(std::string_view query) {
  auto fields = parse_query(query);
  ASSERT_FALSE(fields) << query;
  EXPECT_EQ(fields.error().code, ErrorCode::BadRequest) << query;
}

TEST(Query, BrokenOnesAreRefused) {
  refuses("a=%");
  refuses("a=%4");
  refuses("a=%zz");
  refuses("a=%00");
  refuses("a=%ff");
  refuses("a=1&a=2");
  std::string many;
  for (int i = 0; i < 40; ++i) many += "f" + std::to_string(i) + "=1&";
  refuses(many);
}

TEST(Percent, EncodingComesBack) {
  std::string text = "a b/ü&区#%\"<>";
  EXPECT_EQ(decode_percent(encode_percent(text)).value(), text);
  EXPECT_EQ(encode_percent("a/b"), "a%2Fb");
}

TEST(Language, IsChineseUnlessEnglishStandsFirst) {
  auto of = [](std::string header) {
    return language_of({.headers = {{"accept-language", std::move(header)}}});
  };
  EXPECT_EQ(of(""), "zh");
  EXPECT_EQ(of("en-US,zh;q=0.5"), "en");
  EXPECT_EQ(of("EN"), "en");
  EXPECT_EQ(of("de,en"), "zh");
}

TEST(Cookies, OneIsFoundByItsWholeName) {
  Request request{.headers = {{"cookie", "xanlan=1; anlan=abc; b=2"}}};
  EXPECT_EQ(cookie(request, "anlan"), "abc");
  EXPECT_EQ(cookie(request, "nlan"), "");
}

TEST(Refusals, CarryCodeMessageFieldAndRequest) {
  Error error{.code = ErrorCode::MissingField, .detail = "secret inner words", .field = "area"};
  Answer answer = error_answer(error, {.language = "en", .request_id = "r1-2"});
  EXPECT_EQ(answer.status, 422);
  Json body = parse_json(answer.body).value()["error"];
  EXPECT_EQ(body.text_or("code", ""), "missing_field");
  EXPECT_EQ(body.text_or("message", ""), "A required field is missing");
  EXPECT_EQ(body.text_or("field", ""), "area");
  EXPECT_EQ(body.text_or("request", ""), "r1-2");
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST(Refusals, PackTextsWinOverTheCatalogue) {
  Error error{.code = ErrorCode::CheckFailed, .message_zh = "先停工", .message_en = "stop first"};
  EXPECT_NE(error_answer(error, {.language = "zh"}).body.find("先停工"), std::string::npos);
  EXPECT_NE(error_answer(error, {.language = "en"}).body.find("stop first"), std::string::npos);
}

TEST(Headers, HstsIsForHttpsUnderARealNameOnly) {
  auto is = [](std::string host, bool is_tls) {
    return is_https_name({.headers = {{"host", std::move(host)}}, .is_tls = is_tls});
  };
  EXPECT_TRUE(is("anlan.plant.cn:8443", true));
  EXPECT_FALSE(is("anlan.plant.cn:8443", false));
  EXPECT_FALSE(is("localhost:8443", true));
  EXPECT_FALSE(is("10.1.2.3:8443", true));
  EXPECT_FALSE(is("[fd00::1]:8443", true));
}

}  // namespace
}  // namespace anlan::api
