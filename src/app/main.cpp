#include "app/app.h"

int main(int argc, char** argv) { return anlan::app::run_words({argv + 1, argv + argc}); }
