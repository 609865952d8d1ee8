#pragma once
// What the tests of this room share.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "history/history.h"
#include "history/signal_mix.h"
#include "tests/support/temp_folder.h"

namespace anlan::history {

struct TempFolder : test::TempFolder {
  TempFolder() : test::TempFolder("history") {}
};

inline constexpr Instant kStart{1'767'225'600'000'000'000};  // 2026-01-01T00:00:00Z

}  // namespace anlan::history
