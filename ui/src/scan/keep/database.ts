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

/** What is kept can't be reached any more, until the page is opened anew. */
export class Shut extends Error {}

/** A connection that browsers end when they please, and that is made again where they did. */
export class Connection {
  readonly #reopen: () => Promise<IDBDatabase>;
  #database: IDBDatabase;
  #opening: Promise<IDBDatabase> | null = null;
  #over = false;

  constructor(database: IDBDatabase, reopen: () => Promise<IDBDatabase>) {
    this.#database = database;
    this.#reopen = reopen;
  }

  /** Begins a transaction and works in it at once; throws `Shut` where the connection is gone for good. */
  async within<T>(
    stores: string | string[],
    mode: IDBTransactionMode,
    work: (transaction: IDBTransaction) => Promise<T>,
  ): Promise<T> {
    // Only what changes something must survive a phone that dies the next moment.
    const how: IDBTransactionOptions = mode === "readwrite" ? { durability: "strict" } : {};
    let transaction: IDBTransaction;
    try {
      transaction = this.#database.transaction(stores, mode, how);
    } catch (error) {
      if ((error as DOMException | null)?.name !== "InvalidStateError" || this.#over) throw error;
      transaction = (await this.#again()).transaction(stores, mode, how);
    }
    return work(transaction);
  }

  /** Opens it once more; several that wait for it wait for the same. */
  async #again(): Promise<IDBDatabase> {
    this.#opening ??= this.#reopen().finally(() => {
      this.#opening = null;
    });
    try {
      this.#database = await this.#opening;
    } catch (error) {
      throw new Shut(String(error));
    }
    return this.#database;
  }

  close(): void {
    this.#over = true;
    this.#database.close();
  }
}

/** Opens a database, and makes what it lacks; refuses one that lacks anything where nothing is to be made. */
export function openDatabase(
  name: string,
  version: number,
  make: ((database: IDBDatabase, from: number) => void) | null,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = ({ oldVersion }) => {
      if (make === null) request.transaction?.abort();
      else make(request.result, oldVersion);
    };
    request.onsuccess = () => {
      // Another page of ours that wants a newer form must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error("the database can't be opened"));
    request.onblocked = () => reject(new Error("another page holds the database"));
  });
}
