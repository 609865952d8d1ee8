// Photos of a draft outlive a reload: a small box in IndexedDB, by hash. Where the browser has
// none, the photos live as long as the page.
const name = "anlan";
const box = "shots";

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(box);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function act<T>(
  mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T | null> {
  try {
    const database = await open();
    return await new Promise<T>((done, fail) => {
      const request = run(database.transaction(box, mode).objectStore(box));
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
      request.transaction?.addEventListener("complete", () => database.close());
    });
  } catch {
    return null;
  }
}

export const keepBlob = (sha256: string, blob: Blob) =>
  act("readwrite", (store) => store.put(blob, sha256));
export const keptBlob = (sha256: string) =>
  act<unknown>("readonly", (store) => store.get(sha256) as IDBRequest<unknown>)
    .then((value) => (value instanceof Blob ? value : null));
export const dropBlobs = () => act("readwrite", (store) => store.clear());
