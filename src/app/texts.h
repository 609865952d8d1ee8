#pragma once
// What the command line says (cli_texts.def), in the language of the terminal.

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/text.h"

namespace anlan::app {

enum class Text {
#define ANLAN_TEXT(name, zh, en) name,
#include "app/cli_texts.def"
#undef ANLAN_TEXT
};

const LocalText& text_of(Text text);
// With {0}, {1}, ... filled in, in one language.
std::string say(Text text, std::string_view language,
                std::initializer_list<std::string_view> places = {});
// "zh" when LC_ALL, LC_MESSAGES or LANG begins with it, else "en".
std::string terminal_language();

}  // namespace anlan::app
