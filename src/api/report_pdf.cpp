#include "api/report_pdf.h"

#include <algorithm>

#include "api/report_paper.h"
#include "api/report_words.h"

namespace anlan::api {
namespace {

using T = ReportText;

constexpr std::size_t kRowsMax = 500;  // of one table; two thousand people fill no table of unknown
constexpr const char* kAscii =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
    "abcdefghijklmnopqrstuvwxyz{|}~";
constexpr std::string_view kDash = "\xe2\x80\x93";

const Json::Array& items(const Json& value) {
  static const Json::Array none;
  return value.is_array() ? value.as_array() : none;
}

PaperCell cell(std::string text, Ink ink = kBlack) {
  if (text.empty()) return {std::string(kDash), kGrey};
  return {std::move(text), ink};
}

// Draws one report; each part is a function of its own.
class Report {
 public:
  Report(const Json& report, const ReportWords& words, Paper& paper)
      : report_(report), response_(report["response"]), words_(words), paper_(paper) {}

  void draw() {
    paper_.title(words_.say(T::Title));
    facts();
    verdict();
    steps();
    late_or_missing();
    people();
    permits();
    team();
    messages();
    ledger();
  }

  PaperFrame frame() const {
    bool is_real = response_.text_or("mode", "") == "real";
    PaperFrame frame{.mark = words_.say(is_real ? T::Real : T::Drill),
                     .mark_ink = is_real ? kRed : kBlue,
                     .title = words_.say(T::Title) + "  " + response_.text_or("number", ""),
                     .note = words_.say(T::NotSafetySystem)};
    std::string made = words_.say(T::MadeAt, {words_.time(report_["made_at"], true)});
    for (std::size_t page = 1; page <= paper_.pages(); ++page) {
      std::string number =
          words_.say(T::PageOf, {std::to_string(page), std::to_string(paper_.pages())});
      frame.page_of.push_back(made + "  " + number);
    }
    return frame;
  }

 private:
  void facts() {
    std::string trigger = words_.local(response_["alarm_name"]);
    std::string code = response_.text_or("alarm_code", "");
    if (!code.empty()) trigger = code + " " + trigger;
    if (trigger.empty()) trigger = words_.say(T::ByPerson);
    std::string closed = words_.time(response_["closed_at"], true);
    std::string radius = words_.local(response_["radius_m"]);
    std::vector<std::pair<std::string, std::string>> pairs = {
        {words_.say(T::Plant), words_.local(report_["plant"])},
        {words_.say(T::Number), response_.text_or("number", "")},
        {words_.say(T::Area), area()},
        {words_.say(T::Procedure), procedure()},
        {words_.say(T::Level), level()},
        {words_.say(T::State), words_.word(response_["state"])},
        {words_.say(T::Trigger), trigger},
        {words_.say(T::Radius), radius.empty() ? "" : words_.say(T::Metres, {radius})},
        {words_.say(T::RaisedAt), words_.time(response_["raised_at"], true)},
        {words_.say(T::ClosedAt), closed.empty() ? words_.say(T::NotClosed) : closed},
    };
    for (auto& [name, value] : pairs) {
      if (value.empty()) value = kDash;
    }
    paper_.pairs(pairs);
    paper_.paragraph(words_.say(T::Zone, {"UTC+08:00"}), kGrey);
  }

  std::string area() const {
    std::string name = words_.local(response_["area_name"]);
    return name.empty() ? words_.local(response_["area"]) : name;
  }
  std::string procedure() const {
    std::string name = words_.local(response_["procedure_name"]);
    return name.empty() ? words_.local(response_["procedure"]) : name;
  }
  std::string level() const {
    switch (response_.int_or("level", 0)) {
      case 1: return words_.say(T::Level1);
      case 2: return words_.say(T::Level2);
      case 3: return words_.say(T::Level3);
      default: return {};
    }
  }

  void verdict() {
    paper_.heading(words_.say(T::Verdict));
    std::size_t late = items(report_["late"]).size();
    std::size_t missing = items(report_["missing"]).size();
    if (late + missing == 0) {
      auto done = std::ranges::count_if(items(report_["steps"]),
                                        [](const Json& step) { return step["at"].is_text(); });
      paper_.paragraph(words_.say(T::VerdictGood, {std::to_string(done)}), kGreen);
    } else {
      paper_.paragraph(words_.say(T::VerdictBad, {std::to_string(late), std::to_string(missing)}),
                       kRed);
    }
  }

  void steps() {
    paper_.heading(words_.say(T::Steps));
    std::vector<PaperColumn> columns = {
        {words_.say(T::Step), 0.2},     {words_.say(T::At), 0.14},
        {words_.say(T::Budget), 0.11},  {words_.say(T::Took), 0.11},
        {words_.say(T::Against), 0.15}, {words_.say(T::Verdict1), 0.09},
        {words_.say(T::Who), 0.12},     {words_.say(T::Proof), 0.08}};
    std::vector<PaperRow> rows;
    for (const Json& step : items(report_["steps"])) rows.push_back(step_row(step));
    table(columns, std::move(rows));
  }

  PaperRow step_row(const Json& step) const {
    bool is_done = step["at"].is_text();
    bool is_late = step.bool_or("is_late", false);
    Ink ink = is_late ? kRed : kBlack;
    PaperCell bar;
    // The first step has the budget 0: from there on time runs.
    std::optional<double> budget = step["budget_ms"].as_double();
    if (budget == 0) budget.reset();
    std::optional<double> took = step["took_ms"].as_double();
    if (is_done && budget && took) {
      bar = {.ink = is_late ? kRed : kGreen, .bar = std::max(*took, 0.0) / *budget};
    }
    PaperCell verdict{words_.say(is_done ? T::InTime : T::NotDone), is_done ? kGreen : kGrey};
    if (is_late) verdict = {words_.say(T::Late), kRed};
    else if (is_done && !budget) verdict = cell("");
    std::string name = words_.local(step["name"]);
    return {cell(name.empty() ? step.text_or("step", "") : name, ink),
            cell(words_.time(step["at"], false)),
            cell(budget ? words_.length(step["budget_ms"]) : ""),
            cell(words_.length(step["took_ms"]), ink),
            bar,
            verdict,
            cell(actor(step["by"])),
            cell(words_.local(step["proof"]["leaf"]))};
  }

  std::string actor(const Json& by) const {
    std::string name = words_.local(by["name"]);
    return name.empty() ? words_.word(by["kind"]) : name;
  }

  // A step's own name where `item` names one, else what the item says.
  std::string item_text(const Json& item) const {
    const Json& name = item.is_object() && item.has("step") ? item["step"] : item;
    for (const Json& step : items(report_["steps"])) {
      if (name.is_text() && step["step"] == name) return words_.local(step["name"]);
    }
    for (const char* member : {"name", "text", "what"}) {
      std::string said = words_.local(item[member]);
      if (!said.empty()) return said;
    }
    return words_.word(item);
  }

  void late_or_missing() {
    paper_.heading(words_.say(T::LateOrMissing));
    const Json::Array& late = items(report_["late"]);
    const Json::Array& missing = items(report_["missing"]);
    if (late.empty() && missing.empty()) paper_.paragraph(words_.say(T::NothingLate), kGreen);
    list(late, words_.say(T::Late));
    list(missing, words_.say(T::Missing));
  }

  void list(const Json::Array& what, const std::string& mark) {
    for (std::size_t i = 0; i < std::min(what.size(), kRowsMax); ++i) {
      paper_.paragraph(mark + "  " + item_text(what[i]), kRed);
    }
  }

  void people() {
    const Json& people = report_["people"];
    const Json& counts = people["counts"];
    paper_.heading(words_.say(T::People));
    int64_t unknown = counts.int_or("unknown", 0);
    int64_t unsafe = counts.int_or("unsafe", 0);
    std::vector<Paper::Figure> figures = {
        {words_.local(counts["total"]), words_.say(T::Total)},
        {words_.local(counts["safe"]), words_.say(T::Safe), kGreen},
        {words_.local(counts["unsafe"]), words_.say(T::Unsafe), unsafe > 0 ? kRed : kBlack},
        {words_.local(counts["unknown"]), words_.say(T::Unknown), unknown > 0 ? kRed : kBlack}};
    paper_.figures(figures);
    const Json::Array& names = items(people["named_unknown"]);
    if (names.empty() && unknown == 0) paper_.paragraph(words_.say(T::NobodyUnknown), kGreen);
    persons(words_.say(T::UnknownNames), names);
    Json::Array in_danger;
    for (const Json& person : items(people["rows"])) {
      if (person.text_or("status", "") == "unsafe") in_danger.push_back(person);
    }
    persons(words_.say(T::UnsafeNames), in_danger);
  }

  void persons(const std::string& title, const Json::Array& list) {
    if (list.empty()) return;
    paper_.paragraph(title + ":", kRed);
    std::vector<PaperColumn> columns = {
        {words_.say(T::Name), 0.4}, {words_.say(T::Place), 0.3}, {words_.say(T::LastSeen), 0.3}};
    std::vector<PaperRow> rows;
    for (const Json& person : list) {
      std::string name = words_.local(person["holder"]);
      if (name.empty()) name = words_.local(person["name"]);
      if (name.empty()) name = words_.local(person);
      rows.push_back({cell(name), cell(words_.local(person["zone"])), cell(last_seen(person))});
    }
    table(columns, std::move(rows));
  }

  std::string last_seen(const Json& person) const {
    if (!person.is_object()) return {};
    std::string at = words_.time(person["seen_at"], false);
    std::string age = words_.length(person["age_ms"]);
    if (at.empty() && age.empty()) return words_.say(T::Never);
    if (age.empty()) return at;
    return at + (at.empty() ? "" : "  ") + words_.say(T::Ago, {age});
  }

  void permits() {
    paper_.heading(words_.say(T::Permits));
    std::vector<PaperColumn> columns = {
        {words_.say(T::Number), 0.18},      {words_.say(T::Kind), 0.14},
        {words_.say(T::Area), 0.14},        {words_.say(T::Reason), 0.2},
        {words_.say(T::SuspendedAt), 0.15}, {words_.say(T::Told), 0.09},
        {words_.say(T::State), 0.1}};
    std::vector<PaperRow> rows;
    for (const Json& permit : items(report_["permits"])) {
      std::string told = words_.local(permit["told"]);
      std::string all = words_.local(permit["people"]);
      bool is_told = permit.int_or("told", 0) >= permit.int_or("people", 0);
      rows.push_back({cell(words_.local(permit["number"])), cell(words_.word(permit["kind"])),
                      cell(words_.local(permit["area"])), cell(words_.word(permit["reason"])),
                      cell(words_.time(permit["suspended_at"], false)),
                      cell(told + "/" + all, is_told ? kBlack : kRed),
                      cell(words_.word(permit["state"]))});
    }
    table(columns, std::move(rows));
  }

  void team() {
    paper_.heading(words_.say(T::Team));
    std::vector<PaperColumn> columns = {
        {words_.say(T::Post), 0.16},     {words_.say(T::Person), 0.13},
        {words_.say(T::CalledAt), 0.15}, {words_.say(T::SignedInAt), 0.15},
        {words_.say(T::DoneAt), 0.15},   {words_.say(T::Escalated), 0.12},
        {words_.say(T::Voucher), 0.14}};
    std::vector<PaperRow> rows;
    for (const Json& post : items(report_["team"])) {
      std::string name = words_.local(post["name"]);
      rows.push_back({cell(name.empty() ? post.text_or("post", "") : name),
                      cell(words_.local(post["person_name"])),
                      cell(words_.time(post["called_at"], false)),
                      cell(words_.time(post["signed_in_at"], false)),
                      cell(words_.time(post["done_at"], false)),
                      cell(words_.local(post["escalated"])), voucher(post["voucher"])});
    }
    table(columns, std::move(rows));
  }

  PaperCell voucher(const Json& voucher) const {
    if (!voucher.is_object()) return cell("");
    if (!voucher.bool_or("given", false)) return {words_.say(T::VoucherMissing), kRed};
    bool is_late = voucher.bool_or("late", false);
    return {words_.say(is_late ? T::VoucherLate : T::VoucherGiven), is_late ? kRed : kGreen};
  }

  void messages() {
    const Json& all = report_["messages"];
    paper_.heading(words_.say(T::Messages));
    std::vector<PaperColumn> columns = {
        {words_.say(T::Channel), 0.25},      {words_.say(T::Sent), 0.15},
        {words_.say(T::Delivered), 0.15},    {words_.say(T::Read), 0.15},
        {words_.say(T::Acknowledged), 0.15}, {words_.say(T::Failed), 0.15}};
    std::vector<PaperRow> rows = {message_row(words_.say(T::AllChannels), all)};
    if (all["by_channel"].is_object()) {
      for (const auto& [name, counts] : all["by_channel"].as_object()) {
        rows.push_back(message_row(words_.word(Json(name)), counts));
      }
    }
    table(columns, std::move(rows));
  }

  PaperRow message_row(std::string name, const Json& counts) const {
    const Json& sent = counts.is_number() ? counts : counts["sent"];
    bool has_failed = counts.int_or("failed", 0) > 0;
    return {cell(std::move(name)),
            cell(words_.local(sent)),
            cell(words_.local(counts["delivered"])),
            cell(words_.local(counts["read"])),
            cell(words_.local(counts["acknowledged"])),
            cell(words_.local(counts["failed"]), has_failed ? kRed : kBlack)};
  }

  void ledger() {
    const Json& ledger = report_["ledger"];
    paper_.heading(words_.say(T::Ledger));
    const Json& head = ledger["head"];
    std::string root = head.is_object() ? words_.local(head["root"]) : words_.local(head);
    const Json& size = ledger.has("size") ? ledger["size"] : head["size"];
    paper_.paragraph(words_.say(T::LedgerHead) + "  " + (root.empty() ? std::string(kDash) : root));
    paper_.paragraph(words_.say(T::LedgerSize) + "  " + words_.local(size));
    paper_.paragraph(words_.say(T::HowToVerify, {response_.text_or("id", "")}), kGrey);
  }

  void table(const std::vector<PaperColumn>& columns, std::vector<PaperRow> rows) {
    if (rows.empty()) {
      paper_.paragraph(words_.say(T::None), kGrey);
      return;
    }
    std::size_t more = rows.size() > kRowsMax ? rows.size() - kRowsMax : 0;
    rows.resize(rows.size() - more);
    paper_.table(columns, rows);
    if (more > 0) paper_.paragraph(words_.say(T::More, {std::to_string(more)}), kGrey);
  }

  const Json& report_;
  const Json& response_;
  const ReportWords& words_;
  Paper& paper_;
};

}  // namespace

Result<std::string> report_pdf(const Json& report, std::string_view lang, std::string_view font) {
  if (!report["response"].is_object()) return refuse(ErrorCode::BadField, "no report", "response");
  // Whatever is drawn stands in the report, in the texts or in ASCII.
  std::string letters = write_json(report) + ReportWords::all() + std::string(kDash) + kAscii;
  auto paper = TRY(Paper::make(std::string(font), letters));
  ReportWords words(lang);
  Report drawn(report, words, *paper);
  drawn.draw();
  std::string subject = ReportWords("en").say(T::Title);
  subject += " " + report["response"].text_or("number", "");
  return paper->finish(drawn.frame(), subject);
}

}  // namespace anlan::api
