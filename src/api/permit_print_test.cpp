// The printed ticket of a permit.

#include <cstdio>

#include "api/api_fixture.h"
#include "core/hash.h"

namespace anlan::api {
namespace {

std::string text_of(const std::string& path) {
  std::string out;
  std::FILE* pipe = ::popen(("pdftotext -layout " + path + " - 2>&1").c_str(), "r");
  char bytes[4096];
  while (std::size_t count = std::fread(bytes, 1, sizeof bytes, pipe)) out.append(bytes, count);
  ::pclose(pipe);
  return out;
}

class PermitPrintTest : public ApiTest {
 protected:
  // A hot-work permit of the demo plant whose work goes on.
  Json active_permit() {
    Answer answer =
        ask(get("/api/records/permit", "filter=" + encode_percent(R"(["eq","state","active"])")));
    return body_of(answer)["rows"].as_array().at(0);
  }
};

TEST_F(PermitPrintTest, HoldsJobPeopleLimitsCourseAndProof) {
  site_->set_places({.port = 8443, .is_tls = true, .hosts = {"plant.test"}});
  log_in("director");
  engine_->database().ledger().sign_head().value();
  Json permit = active_permit();
  std::string url = "/api/permits/" + permit.text_or("id", "") + "/permit.pdf";
  Answer pdf = ask(get(url, "lang=zh"));
  ASSERT_EQ(pdf.status, 200) << pdf.body;
  std::string text = text_of(folder_.write("permit.pdf", pdf.body));
  for (const std::string& part :
       {std::string("安全作业票"), permit.text_or("number", ""), std::string("作业中"),
        std::string("监护人"), std::string("限值及依据"), std::string("审批、签字与过程记录"),
        std::string("https://plant.test:8443/desk/#/case/permit/"), std::string("存证叶序号")}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(text.find("不得作业。"), std::string::npos) << "it is active";
  // Nobody reads ids, keys or what the rules reckon with.
  std::string confirmer;
  Json whole = body_of(ask(get("/api/records/permit/" + permit.text_or("id", ""))))["record"];
  for (const Json& measure : whole["measures"].as_array()) {
    EXPECT_EQ(text.find(measure.text_or("key", "?")), std::string::npos)
        << measure.text_or("key", "");
    if (measure["done_by"].is_text()) confirmer = measure["done_by"].as_text();
  }
  ASSERT_FALSE(confirmer.empty());
  EXPECT_EQ(text.find(confirmer.substr(24, 6)), std::string::npos);
  for (const std::string& inner : {std::string("定级事实"), std::string("规则要求的措施")})
    EXPECT_EQ(text.find(inner), std::string::npos) << inner;
  auto view = engine_->database().snapshot().value();
  auto acts = store::acts_on(*view, "permit", permit.text_or("id", ""), "permit.print").value();
  ASSERT_EQ(acts.size(), 1U);
  EXPECT_EQ(acts[0].detail["sha256"], Json(to_hex(sha256(pdf.body))));
}

TEST_F(PermitPrintTest, SaysThatAStoppedPermitIsNoPermit) {
  log_in("director");
  Json permit = active_permit();
  std::string id = permit.text_or("id", "");
  Answer stop = ask(post("/api/permits/" + id + "/suspend", Json::object({{"reason", "leak"}})));
  ASSERT_EQ(stop.status, 200) << stop.body;
  Answer pdf = ask(get("/api/permits/" + id + "/permit.pdf", "lang=en"));
  ASSERT_EQ(pdf.status, 200) << pdf.body;
  std::string text = text_of(folder_.write("permit.pdf", pdf.body));
  EXPECT_NE(text.find("It is not active: no work."), std::string::npos) << text;
  EXPECT_NE(text.find("Suspension and validation"), std::string::npos) << text;
  EXPECT_EQ(ask(get("/api/permits/nothing/permit.pdf")).status, 404);
}

}  // namespace
}  // namespace anlan::api
