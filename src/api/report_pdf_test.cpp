#include "api/report_pdf.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/text.h"

namespace anlan::api {
namespace {

// As GET /api/responses/{id}/report gives it.
Json sample() {
  std::ifstream in("tests/data/response_report.json");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse_json(text).value();
}

class PdfFile {
 public:
  explicit PdfFile(const std::string& bytes) {
    std::string path = (std::filesystem::temp_directory_path() / "anlan-pdf-XXXXXX").string();
    int file = ::mkstemp(path.data());
    if (file >= 0) ::close(file);
    path_ = path;
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~PdfFile() { std::remove(path_.c_str()); }
  PdfFile(const PdfFile&) = delete;
  PdfFile& operator=(const PdfFile&) = delete;

  // What poppler, which is not ours, reads.
  std::string text() const { return said_by("pdftotext -layout " + path_ + " -"); }
  std::string info() const { return said_by("pdfinfo " + path_); }
  std::string fonts() const { return said_by("pdffonts " + path_); }
  std::size_t pages() const {
    std::string all = info();
    std::size_t at = all.find("Pages:");
    return at == std::string::npos ? 0 : std::stoul(all.substr(at + 6));
  }

 private:
  static std::string said_by(const std::string& command) {
    std::string out;
    std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return out;
    char bytes[4096];
    while (std::size_t count = std::fread(bytes, 1, sizeof bytes, pipe)) out.append(bytes, count);
    ::pclose(pipe);
    return out;
  }
  std::string path_;
};

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ReportPdf, SaysInChineseWhatHappenedWhoWasLateAndWhoIsUnknown) {
  auto bytes = report_pdf(sample(), "zh");
  ASSERT_TRUE(bytes) << bytes.error().detail;
  PdfFile file(*bytes);
  std::string text = file.text();
  for (std::string_view part : {"响应过程合规性审计报告",
                                "演练",
                                "安澜示范化工厂",
                                "YJ-2026-0007",
                                "原料罐区",
                                "二级(车间)",
                                "2026-11-21 14:23:11.250",
                                "作业票暂停",
                                "47 秒",
                                "60 秒",
                                "超时",
                                "班长",
                                "48311",
                                "ZY-2026-0032",
                                "3/4",
                                "陈静",
                                "赵敏",
                                "从未出现",
                                "刘洋",
                                "气体监测",
                                "缺失",
                                "已确认",
                                "566",
                                "企业微信",
                                "5b9f0c1e2d3a4b5c6d7e8f90112233445566778899aabbccddeeff0011223344",
                                "49002",
                                "verify_ledger",
                                "生成于 2026-11-21 14:40:00.000",
                                "气体监测读数与照片"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_EQ(text.find("真实事件"), std::string::npos);
  EXPECT_NE(file.fonts().find("yes yes yes"), std::string::npos) << file.fonts();
  EXPECT_LT(bytes->size(), 600'000U);
}

TEST(ReportPdf, EveryPageSaysDrillOrRealItsNumberAndThatThisIsNoSafetySystem) {
  Json report = sample();
  Json people = Json::object({{"counts", Json::object({{"unknown", 300}})}});
  Json names = Json::array();
  for (int i = 0; i < 300; ++i) {
    names.push(Json::object({{"holder", "Person " + std::to_string(i)}, {"zone", "A1"}}));
  }
  people.set("named_unknown", names);
  report.set("people", people);
  Json response = report["response"];
  response.set("mode", "real");
  report.set("response", response);
  auto bytes = report_pdf(report, "en");
  ASSERT_TRUE(bytes) << bytes.error().detail;
  PdfFile file(*bytes);
  std::size_t pages = file.pages();
  EXPECT_GE(pages, 8U);
  std::string text = file.text();
  EXPECT_EQ(times(text, "REAL EVENT"), pages);
  EXPECT_EQ(times(text, "not a safety instrumented system"), pages);
  EXPECT_EQ(times(text, "DRILL"), 0U);
  EXPECT_NE(text.find("page 1 of " + std::to_string(pages)), std::string::npos);
  EXPECT_NE(text.find("Person 299"), std::string::npos);
  EXPECT_GE(times(text, "Last seen"), 7U) << "the head of a table is repeated";
}

TEST(ReportPdf, AReportWithoutAnythingIsStillDrawn) {
  Json empty = Json::object({{"response", Json::object()}});
  for (std::string_view lang : {"zh", "en", "fr", ""}) {
    auto bytes = report_pdf(empty, lang);
    ASSERT_TRUE(bytes) << bytes.error().detail;
    EXPECT_LE(PdfFile(*bytes).pages(), 2U);
  }
  EXPECT_FALSE(report_pdf(Json(), "zh"));
  // Other kinds of values than the contract's do no harm either.
  Json odd = parse_json(R"({"response":{"mode":1,"level":"x","number":[]},"steps":[1,"a",null,[]],
    "permits":{},"people":3,"team":[{"voucher":1}],"messages":[],"late":{},"missing":[[]],
    "ledger":"x","made_at":5})")
                 .value();
  EXPECT_TRUE(report_pdf(odd, "zh"));
}

TEST(ReportPdf, IsRefusedWhereTheFontIsMissingOrNoFont) {
  auto missing = report_pdf(sample(), "zh", "/nowhere/font.ttc");
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_NE(missing.error().detail.find("fonts-wqy-microhei"), std::string::npos);
  PdfFile no_font("this is no font");
  auto broken = report_pdf(sample(), "zh", "/proc/self/status");
  EXPECT_FALSE(broken);
}

}  // namespace
}  // namespace anlan::api
