#pragma once
// One column of a block: whole numbers or doubles in the shortest of several forms
// (docs/formats/history.md). What is written reads back bit by bit. Inside the room only.

#include <cstdint>
#include <span>
#include <string>

#include "history/bytes.h"
#include "history/squeeze.h"

namespace anlan::history {

// Columns are not empty. Reading fills `out` whole or makes the reader bad.
void put_integers(std::string& out, std::span<const int64_t> numbers, Squeezer& squeezer);
void read_integers(ByteReader& in, std::span<int64_t> out, Squeezer& squeezer);

void put_doubles(std::string& out, std::span<const double> values, Squeezer& squeezer);
void read_doubles(ByteReader& in, std::span<double> out, Squeezer& squeezer);

}  // namespace anlan::history
