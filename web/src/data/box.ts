// A small box in IndexedDB: values by their id. Where the browser has none it holds nothing, and
// what lives in memory lives as long as the page.
export interface Box<T extends { id: string }> {
  put: (value: T) => Promise<void>;
  drop: (id: string) => Promise<void>;
  get: (id: string) => Promise<T | null>;
  all: () => Promise<T[]>;
}

const store = "box";

function open(name: string): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "id" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

export function openBox<T extends { id: string }>(name: string): Box<T> {
  let base: Promise<IDBDatabase> | null = null;
  const act = async <R>(
    mode: IDBTransactionMode, run: (box: IDBObjectStore) => IDBRequest<R>,
  ): Promise<R | null> => {
    try {
      base ??= open(name);
      const transaction = (await base).transaction(store, mode);
      const request = run(transaction.objectStore(store));
      await new Promise<void>((done, fail) => {
        transaction.oncomplete = () => done();
        transaction.onerror = () => fail(transaction.error);
        transaction.onabort = () => fail(transaction.error);
      });
      return request.result;
    } catch {
      base = null;
      return null;
    }
  };
  return {
    put: (value) => act("readwrite", (box) => box.put(value)).then(() => {}),
    drop: (id) => act("readwrite", (box) => box.delete(id)).then(() => {}),
    get: async (id) => (await act("readonly", (box) => box.get(id) as IDBRequest<T>)) ?? null,
    all: async () => (await act("readonly", (box) => box.getAll() as IDBRequest<T[]>)) ?? [],
  };
}
