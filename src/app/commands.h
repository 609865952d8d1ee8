#pragma once
// One function for each command. They answer the exit code, or what was wrong with their words.

#include <expected>
#include <string>

#include "app/options.h"
#include "core/result.h"
#include "engine/engine.h"

namespace anlan::app {

using Exit = std::expected<int, Misuse>;

Exit serve(const Words& words);
Exit plantsim(const Words& words);
Exit diode_send(const Words& words);
Exit watchdog(const Words& words);
Exit dmn_tck(const Words& words);
Exit flow(const Words& words);
Exit proof(const Words& words);
Exit verify(const Words& words);
Exit backup(const Words& words);
Exit restore(const Words& words);
Exit keys(const Words& words);
Exit diagnostics(const Words& words);
Exit schema(const Words& words);
Exit bi(const Words& words);
Exit policy(const Words& words);

// What --data, --database, --packs and --head-folder say.
std::expected<engine::Config, Misuse> engine_config(const Words& words);
std::expected<int64_t, Misuse> whole_number(const std::string& text);
// Tells a refusal on standard error; 1.
int tell_failure(const Error& error);

}  // namespace anlan::app
