/** IndexedDB with promises: a request's result, and a transaction that is on disk. */

/** The result of a request. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the request failed"));
  });
}

/** Resolves once a transaction is complete, which under strict durability means on disk. */
export function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the transaction was aborted"));
    transaction.onerror = () => reject(transaction.error ?? new Error("the transaction failed"));
  });
}

/** Opens a database, and makes what it lacks. */
export function openDatabase(
  name: string,
  version: number,
  make: (database: IDBDatabase, from: number) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = ({ oldVersion }) => make(request.result, oldVersion);
    request.onsuccess = () => {
      // Another page of ours that wants a newer form must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error("the database can't be opened"));
    request.onblocked = () => reject(new Error("another page holds the database"));
  });
}
