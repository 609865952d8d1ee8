#include "ehs/figures.h"

#include <algorithm>
#include <cmath>

namespace anlan::ehs {
namespace {

constexpr double kTail = 0.025;     // on each side of an interval of 95 %
constexpr double kNothing = 1e-12;  // shares are quotients: equal ones may differ in the last bit
constexpr int kTermsMax = 100'000;  // of a series; the slowest, for 50,000 events, needs 2,000
constexpr int kHalvingsMax = 200;   // a double has 53 bits, and its exponent 11

// x^a e^-x / Gamma(a), the factor before both expansions.
double front(double a, double x) { return std::exp(a * std::log(x) - x - std::lgamma(a)); }

// The regularized incomplete gamma function P(a, x): for a whole a, the chance of at least a events
// where x are expected. Below the mean its power series converges fast, above it the continued
// fraction of 1 - P.
double at_least(double a, double x) {
  if (x <= 0) return 0;
  if (x < a + 1) {
    double term = 1 / a;
    double sum = term;
    for (int i = 1; i < kTermsMax && term > sum * 1e-16; ++i) {
      term *= x / (a + i);
      sum += term;
    }
    return sum * front(a, x);
  }
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a;
  double c = 1 / kTiny;
  double d = 1 / b;
  double fraction = d;
  for (int i = 1; i < kTermsMax; ++i) {
    double step = -i * (i - a);
    b += 2;
    d = step * d + b;
    if (std::abs(d) < kTiny) d = kTiny;
    c = b + step / c;
    if (std::abs(c) < kTiny) c = kTiny;
    d = 1 / d;
    double change = d * c;
    fraction *= change;
    if (std::abs(change - 1) < 1e-16) break;
  }
  return 1 - front(a, x) * fraction;
}

// The expectation at which at least `events` events have the chance `chance`.
double expectation(double events, double chance) {
  double low = 0;
  double high = events + 10 * std::sqrt(events) + 20;
  for (int i = 0; i < kHalvingsMax; ++i) {
    double middle = (low + high) / 2;
    if (at_least(events, middle) < chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

}  // namespace

WaitCurve WaitCurve::of(std::span<const Wait> waits) {
  WaitCurve curve;
  if (waits.empty()) return curve;
  std::vector<Wait> sorted(waits.begin(), waits.end());
  std::ranges::sort(sorted, {}, &Wait::hours);
  curve.is_empty_ = false;
  curve.last_ = sorted.back().hours;
  double waiting = 1;
  for (std::size_t i = 0; i < sorted.size();) {
    double hours = sorted[i].hours;
    double at_risk = static_cast<double>(sorted.size() - i);
    std::size_t over = 0;
    // Who is censored at this very time was still waiting when the others ended.
    for (; i < sorted.size() && sorted[i].hours == hours; ++i) over += sorted[i].is_over ? 1 : 0;
    if (over == 0) continue;
    waiting *= 1 - static_cast<double>(over) / at_risk;
    curve.stairs_.push_back({hours, waiting});
  }
  return curve;
}

std::optional<double> WaitCurve::within(double part) const {
  for (const Stair& stair : stairs_) {
    if (stair.waiting <= 1 - part + kNothing) return stair.hours;
  }
  return std::nullopt;
}

std::optional<double> WaitCurve::mean() const {
  if (is_empty_) return std::nullopt;
  double area = 0;
  double from = 0;
  double waiting = 1;
  for (const Stair& stair : stairs_) {
    area += (stair.hours - from) * waiting;
    from = stair.hours;
    waiting = stair.waiting;
  }
  return area + (last_ - from) * waiting;
}

Interval poisson_interval(int64_t count) {
  double seen = static_cast<double>(std::max<int64_t>(count, 0));
  double low = seen == 0 ? 0 : expectation(seen, kTail);
  return {.low = low, .high = expectation(seen + 1, 1 - kTail)};
}

}  // namespace anlan::ehs
