#pragma once
// browser answers what a page asks of rules and flow without a server: the same C++ as there, so
// the same text to the character. It is pure: no clock (now is asked along), no input or output.
// It decides nothing: what a person does with an answer goes to the server, which judges anew.
//
//   std::string findings = browser::answer(R"({"ask":"lint","xml":"<definitions ..."})");
//
// Requests and answers: docs/formats/browser.md.

#include <string>
#include <string_view>

namespace anlan::browser {

// One request as JSON text to one answer as JSON text; {"error": {"code", "detail"}} for what can't
// be answered. Bounded by core/limits.h as everything foreign is.
std::string answer(std::string_view request);

}  // namespace anlan::browser
