#include <algorithm>
#include <vector>

#include "history/columns.h"

namespace anlan::history {
namespace {

// On disk. Never renumber.
enum class Form : uint8_t {
  Constant = 0,  // the number
  Line = 1,      // the first, the step
  Runs = 2,      // how many, difference to the run before
  Offsets = 3,   // the smallest; distances from it
  Steps = 4,     // differences
  Bends = 5,     // differences of differences
  Planes = 6,    // the smallest, width; lowest bytes of the distances, next ones
};

constexpr std::size_t kRunBytesMax = 2 * kVarintBytesMax;

bool is_line(std::span<const int64_t> numbers) {
  int64_t step = numbers.size() > 1 ? wrapping_subtract(numbers[1], numbers[0]) : 0;
  for (std::size_t i = 1; i < numbers.size(); ++i)
    if (wrapping_subtract(numbers[i], numbers[i - 1]) != step) return false;
  return true;
}

std::size_t count_runs(std::span<const int64_t> numbers) {
  std::size_t runs = 1;
  for (std::size_t i = 1; i < numbers.size(); ++i) runs += numbers[i] != numbers[i - 1];
  return runs;
}

std::string runs_of(std::span<const int64_t> numbers) {
  std::string raw;
  int64_t before = 0;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i;
    while (end < numbers.size() && numbers[end] == numbers[i]) ++end;
    put_varint(raw, end - i);
    put_signed(raw, wrapping_subtract(numbers[i], before));
    before = numbers[i];
    i = end;
  }
  return raw;
}

std::string offsets_of(std::span<const int64_t> numbers) {
  int64_t least = *std::ranges::min_element(numbers);
  std::string raw;
  put_signed(raw, least);
  for (int64_t number : numbers)
    put_varint(raw, static_cast<uint64_t>(wrapping_subtract(number, least)));
  return raw;
}

std::string steps_of(std::span<const int64_t> numbers) {
  std::string raw;
  int64_t before = 0;
  for (int64_t number : numbers) {
    put_signed(raw, wrapping_subtract(number, before));
    before = number;
  }
  return raw;
}

std::string bends_of(std::span<const int64_t> numbers) {
  std::string raw;
  int64_t before = 0;
  int64_t step_before = 0;
  for (int64_t number : numbers) {
    int64_t step = wrapping_subtract(number, before);
    put_signed(raw, wrapping_subtract(step, step_before));
    before = number;
    step_before = step;
  }
  return raw;
}

// Each plane is squeezed by itself: the high ones are much more alike than the low ones.
std::string planes_of(std::span<const int64_t> numbers, Squeezer& squeezer) {
  auto [least, most] = std::ranges::minmax(numbers);
  auto range = static_cast<uint64_t>(wrapping_subtract(most, least));
  uint8_t width = 1;
  while (width < 8 && (range >> (8U * width)) != 0) ++width;
  std::string out;
  put_word(out, Form::Planes);
  put_signed(out, least);
  put_word(out, width);
  std::string plane(numbers.size(), '\0');
  for (unsigned byte = 0; byte < width; ++byte) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      auto distance = static_cast<uint64_t>(wrapping_subtract(numbers[i], least));
      plane[i] = static_cast<char>(distance >> (8U * byte));
    }
    squeezer.put(out, plane);
  }
  return out;
}

void read_runs(ByteReader& raw, std::span<int64_t> out) {
  int64_t number = 0;
  std::size_t filled = 0;
  while (filled < out.size() && raw.is_good()) {
    uint64_t count = raw.varint();
    number = wrapping_add(number, raw.signed_varint());
    if (count == 0 || count > out.size() - filled) return raw.fail();
    std::ranges::fill(out.subspan(filled, count), number);
    filled += count;
  }
}

void read_planes(ByteReader& in, std::span<int64_t> out, Squeezer& squeezer) {
  int64_t least = in.signed_varint();
  auto width = in.word<uint8_t>();
  if (width == 0 || width > 8) return in.fail();
  std::ranges::fill(out, 0);
  for (unsigned byte = 0; byte < width; ++byte) {
    std::string_view plane = squeezer.read(in, out.size());
    if (plane.size() != out.size()) return in.fail();
    for (std::size_t i = 0; i < out.size(); ++i) {
      auto part = static_cast<uint64_t>(static_cast<uint8_t>(plane[i])) << (8U * byte);
      out[i] = static_cast<int64_t>(static_cast<uint64_t>(out[i]) | part);
    }
  }
  for (int64_t& number : out) number = wrapping_add(number, least);
}

void read_varied(Form form, ByteReader& raw, std::span<int64_t> out) {
  if (form == Form::Runs) return read_runs(raw, out);
  int64_t least = form == Form::Offsets ? raw.signed_varint() : 0;
  int64_t number = 0;
  int64_t step = 0;
  for (int64_t& slot : out) {
    if (form == Form::Offsets) {
      number = wrapping_add(least, static_cast<int64_t>(raw.varint()));
    } else {
      int64_t read = raw.signed_varint();
      step = form == Form::Bends ? wrapping_add(step, read) : read;
      number = wrapping_add(number, step);
    }
    slot = number;
  }
}

// Appends the form and its bytes if that is shorter than what `best` has.
void try_form(std::string& best, Form form, const std::string& raw, Squeezer& squeezer) {
  std::string packed;
  put_word(packed, form);
  squeezer.put(packed, raw);
  if (best.empty() || packed.size() < best.size()) best = std::move(packed);
}

}  // namespace

void put_integers(std::string& out, std::span<const int64_t> numbers, Squeezer& squeezer) {
  std::size_t runs = count_runs(numbers);
  if (runs == 1 || is_line(numbers)) {
    put_word(out, runs == 1 ? Form::Constant : Form::Line);
    put_signed(out, numbers[0]);
    if (runs != 1) put_signed(out, wrapping_subtract(numbers[1], numbers[0]));
    return;
  }
  std::string best;
  if (runs <= numbers.size() / 4) try_form(best, Form::Runs, runs_of(numbers), squeezer);
  if (runs > numbers.size() / 32) {
    try_form(best, Form::Offsets, offsets_of(numbers), squeezer);
    try_form(best, Form::Steps, steps_of(numbers), squeezer);
    try_form(best, Form::Bends, bends_of(numbers), squeezer);
    std::string planes = planes_of(numbers, squeezer);
    if (planes.size() < best.size()) best = std::move(planes);
  }
  out.append(best);
}

void read_integers(ByteReader& in, std::span<int64_t> out, Squeezer& squeezer) {
  auto form = in.word<Form>();
  if (form == Form::Constant || form == Form::Line) {
    int64_t number = in.signed_varint();
    int64_t step = form == Form::Line ? in.signed_varint() : 0;
    for (int64_t& slot : out) {
      slot = number;
      number = wrapping_add(number, step);
    }
    return;
  }
  if (form == Form::Planes) return read_planes(in, out, squeezer);
  if (form > Form::Planes) return in.fail();
  ByteReader raw(squeezer.read(in, out.size() * kRunBytesMax + kRunBytesMax));
  if (in.is_good()) read_varied(form, raw, out);
  if (!raw.is_at_end()) in.fail();
}

}  // namespace anlan::history
