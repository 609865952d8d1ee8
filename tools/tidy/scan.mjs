// Reads C++ and TypeScript just far enough for the tidy rules: which characters are code, comment
// or text, and where functions begin and end. It is a scanner, not a parser: a file whose braces
// it cannot follow is left to the compilers.

const rawString = /R"([^()\\ ]{0,16})\(/y;

// Where the string, comment or regular expression that begins at `at` ends (exclusive), with its
// kind; null where plain code stands.
function token(text, at, language) {
  const two = text.slice(at, at + 2);
  if (two === "//") return { kind: "comment", end: lineEnd(text, at) };
  if (two === "/*") return { kind: "comment", end: after(text, "*/", at + 2) };
  if (language === "cpp" && two === 'R"') {
    rawString.lastIndex = at;
    const match = rawString.exec(text);
    if (match) return { kind: "text", end: after(text, `)${match[1]}"`, at + match[0].length) };
  }
  const character = text[at];
  if (character === '"') return { kind: "text", end: quoted(text, at) };
  if (character === "'" && !isDigitSeparator(text, at, language)) {
    return { kind: "text", end: quoted(text, at) };
  }
  if (language === "ts" && character === "`") return { kind: "text", end: template(text, at) };
  if (language === "ts" && character === "/" && beginsPattern(text, at)) {
    return { kind: "text", end: pattern(text, at) };
  }
  return null;
}

function lineEnd(text, at) {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function after(text, closing, from) {
  const end = text.indexOf(closing, from);
  return end < 0 ? text.length : end + closing.length;
}

// A quote that meets the line's end was none (an apostrophe in the text of a page).
function quoted(text, at) {
  for (let i = at + 1; i < text.length && text[i] !== "\n"; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === text[at]) return i + 1;
  }
  return at + 1;
}

function template(text, at) {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "`") return i + 1;
    else if (text.startsWith("${", i)) i = substitution(text, i + 2);
  }
  return text.length;
}

// The place of the brace that closes a substitution in a template.
function substitution(text, from) {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    const inner = token(text, i, "ts");
    if (inner) i = inner.end - 1;
    else if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return i;
  }
  return text.length;
}

function isDigitSeparator(text, at, language) {
  return language === "cpp" && /(^|[^\w'])\d[\w']*$/.test(text.slice(Math.max(0, at - 40), at));
}

function beginsPattern(text, at) {
  const before = text.slice(Math.max(0, at - 20), at).trimEnd();
  return /(^|[(,=:[!&|?{};>]|\breturn)$/.test(before) && !/<$/.test(before) &&
    /^\/(?:[^\\/\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//.test(text.slice(at, at + 400));
}

function pattern(text, at) {
  const match = /^\/(?:[^\\/\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//.exec(text.slice(at, at + 400));
  return at + match[0].length;
}

function blank(part) {
  return part.replace(/[^\n]/g, " ");
}

// The file with comments blanked, and the file with comments and quoted text blanked; both keep
// every line and column.
export function strip(text, language) {
  let withText = "";
  let code = "";
  for (let i = 0; i < text.length; ) {
    const found = token(text, i, language);
    const part = found ? text.slice(i, found.end) : text[i];
    withText += found?.kind === "comment" ? blank(part) : part;
    code += found ? blank(part) : part;
    i += part.length;
  }
  return { withText, code };
}

const container = {
  cpp: /\b(namespace|class|struct|union|enum)\b[^()]*$|\bextern\s*$/,
  ts: /\b(class|interface|enum|namespace|type)\b[^()]*$/,
};
const control = /\b(if|for|while|switch|catch|do|else|try|return)\b[^;{}]*$/;
const groups = /\b(describe|suite)(\.\w+)*\s*\(/;

function opensFunction(head, language) {
  if (container[language].test(head)) return false;
  if (language === "cpp") return head.includes(")") && !/=\s*$/.test(head) && !control.test(head);
  if (groups.test(head)) return false;
  if (/=>\s*\(?\s*$/.test(head) || /\bfunction\b/.test(head)) return true;
  return /\)\s*(:[^=;]*)?$/.test(head) && !control.test(head);
}

// Outermost functions with their first and last line (from 1). Null where braces do not match.
export function functions(code, language) {
  const found = [];
  const open = [];
  const flat = language === "cpp" ? code.replace(/^[ \t]*#.*(\\\n.*)*$/gm, blank) : code;
  let line = 1;
  let headStart = 0;
  let inside = 0;
  for (let i = 0; i < flat.length; i++) {
    if (flat[i] === "\n") line++;
    if (flat[i] === "{") {
      const head = flat.slice(headStart, i);
      const isFunction = inside === 0 && opensFunction(head, language);
      const first = line - (head.trimStart().match(/\n/g) ?? []).length;
      open.push({ isFunction, first });
      if (isFunction || inside) inside++;
    } else if (flat[i] === "}") {
      const closed = open.pop();
      if (!closed) return null;
      if (inside) inside--;
      if (closed.isFunction) found.push({ first: closed.first, last: line });
    }
    if ("{};".includes(flat[i])) headStart = i + 1;
  }
  return open.length === 0 ? found : null;
}
