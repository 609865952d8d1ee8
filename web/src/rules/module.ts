// The WebAssembly module of the rules: text in, text out (docs/formats/browser.md). It is given no
// file, no network and no clock; what it imports is below and does nothing.
export interface RulesModule {
  ask: (request: string) => string;
}

interface Exports {
  memory: WebAssembly.Memory;
  _initialize: () => void;
  malloc: (bytes: number) => number;
  free: (pointer: number) => void;
  anlan_answer: (request: number, bytes: number) => number;
}

const wasi_bad_file = 8;
// The error output of a stopped module goes nowhere.
const refused = () => wasi_bad_file;
const imports: WebAssembly.Imports = {
  env: { emscripten_notify_memory_growth: () => undefined },
  wasi_snapshot_preview1: { fd_write: refused, fd_close: refused, fd_seek: refused },
};

const broken = JSON.stringify({
  error: { code: "internal", detail: "the rules stopped in this page", field: "" },
});

function begin(compiled: WebAssembly.Module): Exports {
  const exports = new WebAssembly.Instance(compiled, imports).exports as unknown as Exports;
  exports._initialize();
  return exports;
}

function asked(at: Exports, request: string): string {
  const bytes = new TextEncoder().encode(request);
  const question = at.malloc(bytes.length);
  if (question === 0 && bytes.length > 0) throw new RangeError("no memory");
  // The memory may have grown, and with it moved: a view is made anew each time.
  new Uint8Array(at.memory.buffer, question, bytes.length).set(bytes);
  const answer = at.anlan_answer(question, bytes.length);
  const size = new DataView(at.memory.buffer).getUint32(answer, true);
  const text = new TextDecoder().decode(new Uint8Array(at.memory.buffer, answer + 4, size));
  at.free(question);
  at.free(answer);
  return text;
}

// A request that stops the module is answered with an error, and the next finds a fresh one.
export async function openModule(bytes: BufferSource): Promise<RulesModule> {
  const compiled = await WebAssembly.compile(bytes);
  let at: Exports | null = begin(compiled);
  return {
    ask: (request) => {
      try {
        at ??= begin(compiled);
        return asked(at, request);
      } catch {
        at = null;
        return broken;
      }
    },
  };
}
