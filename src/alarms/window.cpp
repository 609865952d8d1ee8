#include "alarms/window.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace anlan::alarms {
namespace {

constexpr double kMinutesMin = 1;
constexpr double kMinutesMax = 60;
constexpr std::array<std::pair<std::string_view, WindowOf>, 4> kWords{
    {{"rise", WindowOf::Rise},
     {"mean_over", WindowOf::Mean},
     {"max_over", WindowOf::Most},
     {"min_over", WindowOf::Least}}};

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::unexpected<Error> bad(std::string_view text) {
  return refuse(ErrorCode::BadField, std::string(text) + ": (tag of the formula, 1 to 60 minutes)",
                "formula");
}

// Where the text literal that begins here ends.
std::size_t end_of_literal(const std::string& text, std::size_t place) {
  for (++place; place < text.size() && text[place] != '"'; ++place) {
    if (text[place] == '\\') ++place;
  }
  return std::min(place + 1, text.size());
}

std::size_t end_of_name(const std::string& text, std::size_t place) {
  while (place < text.size() && is_of_name(text[place])) ++place;
  return place;
}

std::optional<WindowOf> word_of(std::string_view name) {
  for (const auto& [word, of] : kWords) {
    if (word == name) return of;
  }
  return std::nullopt;
}

Result<WindowWish> wish_of(std::string_view call, std::string_view arguments,
                           const std::vector<FormulaInput>& inputs) {
  std::vector<std::string_view> parts = split(arguments, ',');
  if (parts.size() != 2) return bad(call);
  auto input = std::ranges::find(inputs, trim(parts[0]), &FormulaInput::name);
  std::string_view number = trim(parts[1]);
  double minutes = 0;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), minutes);
  bool is_number = error == std::errc{} && end == number.data() + number.size();
  bool is_length = is_number && minutes >= kMinutesMin && minutes <= kMinutesMax;
  if (input == inputs.end() || !is_length) return bad(call);
  return WindowWish{.tag = input->tag,
                    .length = Duration::seconds(std::llround(minutes * 60)),
                    .text = std::string(call)};
}

}  // namespace

Result<std::vector<WindowWish>> take_windows(std::string& text,
                                             const std::vector<FormulaInput>& inputs) {
  std::vector<WindowWish> wishes;
  std::string made;
  for (std::size_t place = 0; place < text.size();) {
    std::size_t end = place + 1;
    if (text[place] == '"') end = end_of_literal(text, place);
    else if (is_of_name(text[place])) end = end_of_name(text, place);
    auto of = word_of(std::string_view(text).substr(place, end - place));
    std::size_t open = of ? text.find_first_not_of(' ', end) : std::string::npos;
    if (open == std::string::npos || text[open] != '(') {
      made += text.substr(place, end - place);
      place = end;
      continue;
    }
    std::size_t close = text.find(')', open);
    std::string_view call = std::string_view(text).substr(place, close - place + 1);
    if (close == std::string::npos) return bad(call);
    std::string_view inside = std::string_view(text).substr(open + 1, close - open - 1);
    WindowWish wish = TRY(wish_of(call, inside, inputs));
    wish.of = *of;
    wish.name = "Window" + std::to_string(wishes.size());  // inputs begin small
    made += wish.name;
    wishes.push_back(std::move(wish));
    if (wishes.size() > kWindowsMax) {
      return refuse(ErrorCode::BadField, "more than 8 windows", "formula");
    }
    place = close + 1;
  }
  text = std::move(made);
  return wishes;
}

void Window::Slot::add(double value) {
  least = count == 0 ? value : std::min(least, value);
  most = count == 0 ? value : std::max(most, value);
  sum += value;
  ++count;
}

// Slots that nothing was told of hold the last value, or are empty after a silence.
void Window::go_to(int64_t place, int64_t at_ns) {
  bool is_first = newest_ < 0;
  bool is_held = !is_first && at_ns - last_at_ns_ <= kWindowHold.ns;
  int64_t from = is_first ? place : std::max(newest_ + 1, place - kSlots + 1);
  for (int64_t slot = from; slot <= place; ++slot) {
    at(slot) = Slot{};
    if (is_held && slot < place) at(slot).add(last_);
  }
  newest_ = place;
}

void Window::add(int64_t at_ns, double value) {
  int64_t place = at_ns / slot_ns_;
  if (place < newest_) return;
  if (place > newest_) go_to(place, at_ns);
  at(place).add(value);
  last_at_ns_ = at_ns;
  last_ = value;
}

double Window::filled() const {
  auto count = std::ranges::count_if(slots_, [](const Slot& slot) { return slot.count > 0; });
  return static_cast<double>(count) / static_cast<double>(kSlots);
}

std::optional<double> Window::value(WindowOf of) const {
  if (filled() < kWindowFilled) return std::nullopt;
  double sum = 0, weight = 0;
  double least = HUGE_VAL, most = -HUGE_VAL, least_mean = HUGE_VAL;
  for (const Slot& slot : slots_) {
    if (slot.count == 0) continue;
    sum += slot.mean();  // by time, not by sample: who sends often says no more
    ++weight;
    least = std::min(least, slot.least);
    most = std::max(most, slot.most);
    least_mean = std::min(least_mean, slot.mean());
  }
  switch (of) {
    case WindowOf::Rise:
      return slots_[static_cast<std::size_t>(newest_ % kSlots)].mean() - least_mean;
    case WindowOf::Mean: return sum / weight;
    case WindowOf::Most: return most;
    case WindowOf::Least: return least;
  }
  return std::nullopt;
}

}  // namespace anlan::alarms
