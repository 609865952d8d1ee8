#pragma once
// The hazards that figures speak about: which ones, when they were found and closed, and who
// answered first. Inside engine only.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "ehs/ehs.h"
#include "engine/read.h"

namespace anlan::engine {

// Half open; days are the plant's.
struct FigureWindow {
  Instant begin{};
  Instant end{};
  Instant now{};
  Instant seen_until() const { return std::min(end, now); }
};

// Filters on one form. What a form does not have (an older version, another pack) is left out.
class FigureFilters {
 public:
  FigureFilters(const records::Form& form, const FigureWindow& window, const std::string& org)
      : form_(form), window_(window), org_(org) {}

  Filter found() const;     // reported in the window, and a hazard
  Filter reported() const;  // reported in the window by somebody: not imported
  Filter open() const;      // not verified at the window's end
  Filter overdue() const;
  Filter major_open() const;
  Filter closed() const;  // verified in the window
  Filter due() const;     // the deadline fell into the window
  Filter repeated() const;
  Filter not_fixed() const;
  Filter anonymous() const;
  Filter named() const;  // reported by somebody with a name

 private:
  Filter compare(Filter::Kind kind, std::string_view field, Json value) const;
  Filter in_window(std::string_view field) const;
  Filter is_hazard() const;
  Filter is_own() const;
  Filter inside(Filter filter) const;  // of the wished unit

  const records::Form& form_;
  const FigureWindow& window_;
  const std::string& org_;
};

// Who first did something about each of these records, or wrote to the reporter, and was not the
// reporter: when. `reporters` by record id.
using Reporters = std::map<std::string, std::string, std::less<>>;
Result<std::map<std::string, Instant, std::less<>>> first_replies(store::View& view,
                                                                  const records::Form& form,
                                                                  const Reporters& reporters);

// Active people of a unit and below it.
Result<int64_t> head_count(store::View& view, std::string_view org_path);

}  // namespace anlan::engine
