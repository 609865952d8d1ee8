#include "api/notice_pdf.h"

#include <algorithm>

#include "api/qr.h"
#include "api/report_paper.h"
#include "api/sheet_parts.h"
#include "core/time.h"

namespace anlan::api {
namespace {

using T = PrintText;

constexpr std::string_view kFacts[] = {"level",    "category",   "state",       "area",
                                       "device",   "place_note", "consequence", "created_at",
                                       "reporter", "source"};
constexpr std::string_view kDemands[] = {"measure",     "interim_control", "plan",  "fund",
                                         "contingency", "owner",           "due_at"};
// Longer than a line: paragraphs below the table of facts.
constexpr std::string_view kProse[] = {"description", "level_reason", "major_clause"};
constexpr const char* kRoomToSign = "\n\n";

class Notice {
 public:
  Notice(const records::Form& form, const PrintWords& words, const NoticeWish& wish, Paper& paper)
      : form_(form), words_(words), wish_(wish), record_(wish.sheet["record"]), paper_(paper) {}

  void draw(const std::vector<std::string>& dots) {
    paper_.title(words_.say(T::NoticeTitle));
    std::vector<std::pair<std::string, std::string>> head = {
        {words_.say(T::Number), record_.text_or("number", "")},
        {words_.say(T::Plant), words_.local(wish_.sheet["plant"])}};
    paper_.pairs(head);
    paper_.paragraph(words_.say(T::NoticeCall), kBlack);
    part(T::Facts, kFacts);
    for (std::string_view key : kProse) prose(key);
    photos();
    part(T::Demands, kDemands);
    signatures();
    draw_trust(paper_, words_, wish_.sheet, wish_.address, dots);
  }

  PaperFrame frame() const {
    bool is_major = record_.text_or("level", "") == "red";
    PaperFrame frame{
        .mark = words_.say(T::NoticeMark),
        .mark_ink = is_major ? kRed : kBlue,
        .title = words_.local(wish_.sheet["plant"]) + "  " + record_.text_or("number", ""),
        .note = words_.say(T::NoticeNote)};
    frame.page_of = page_lines(words_, wish_.sheet, wish_.made_by, paper_.pages());
    return frame;
  }

 private:
  // What the caller can't see is not in the record, and not on the sheet.
  const records::Field* member(std::string_view key) const {
    return record_.has(key) ? form_.find_member(key) : nullptr;
  }
  std::string text(const records::Field& field) const {
    return words_.cell_of(form_, field, record_).text;
  }

  void part(PrintText title, std::span<const std::string_view> keys) {
    paper_.heading(words_.say(title));
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::string_view key : keys) {
      const records::Field* field = member(key);
      if (field == nullptr) continue;
      std::string value = text(*field);
      bool is_asked = key == "owner" || key == "due_at" || key == "measure" || key == "level";
      if (value.empty() && is_asked) value = words_.say(T::NotGiven);
      if (!value.empty()) pairs.emplace_back(words_.title_of(*field), std::move(value));
    }
    paper_.pairs(pairs);
  }

  void prose(std::string_view key) {
    const records::Field* field = member(key);
    if (field == nullptr) return;
    std::string value = text(*field);
    if (!value.empty()) paper_.paragraph(words_.title_of(*field) + ": " + value, kBlack);
  }

  void photos() {
    if (wish_.photos.empty() && wish_.photos_left_out == 0) return;
    paper_.heading(words_.say(T::Photos));
    paper_.photos(wish_.photos);
    if (wish_.photos_left_out == 0) return;
    paper_.paragraph(words_.say(T::PhotosElsewhere, {std::to_string(wish_.photos_left_out)}),
                     kGrey);
  }

  void signatures() {
    paper_.heading(words_.say(T::Signatures));
    std::vector<PaperColumn> columns = {{words_.say(T::SignPost), 0.26},
                                        {words_.say(T::SignName), 0.26},
                                        {words_.say(T::SignDay), 0.18},
                                        {words_.say(T::SignOpinion), 0.3}};
    std::vector<PaperRow> rows;
    for (PrintText post : {T::SignIssuer, T::SignOwner, T::SignRepairer, T::SignVerifier}) {
      rows.push_back({{words_.say(post) + kRoomToSign}, {}, {}, {}});
    }
    paper_.table(columns, rows);
  }

  const records::Form& form_;
  const PrintWords& words_;
  const NoticeWish& wish_;
  const Json& record_;
  Paper& paper_;
};

}  // namespace

Result<std::string> notice_pdf(const records::Form& form, const PrintWords& words,
                               const NoticeWish& wish) {
  if (!wish.sheet["record"].is_object()) return refuse(ErrorCode::BadField, "no record", "record");
  std::string letters = PrintWords::all() + std::string(kPrintAscii) + write_json(wish.sheet) +
                        write_json(form.source) + wish.made_by + wish.address;
  auto paper = TRY(Paper::make(wish.font, letters));
  std::vector<std::string> dots;
  if (!wish.address.empty()) dots = TRY(qr_dots(wish.address));
  Notice notice(form, words, wish, *paper);
  notice.draw(dots);
  return paper->finish(notice.frame(),
                       "notice of repair " + wish.sheet["record"].text_or("number", ""));
}

}  // namespace anlan::api
