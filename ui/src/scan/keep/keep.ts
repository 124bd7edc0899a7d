/** What one link keeps on this phone: its registration, the list, the scans that wait to be sent. */
import { completed, openDatabase, resultOf } from "./database";
import type { Device, KeptList, KeptPassage, Line, Notice, QueuedScan } from "./types";

/** How many of the last scans are kept to be shown. */
const MOST_LINES = 50;

interface Kept {
  device: Device;
  list: KeptList;
  notices: Notice[];
  lines: Line[];
}

/** What one presentation leaves behind. */
export interface Trace {
  line: Line;
  passage: KeptPassage | null;
  /** Set where the office still has to hear of it. */
  scan: QueuedScan | null;
}

const KEPT = "kept";
const QUEUE = "queue";
const PASSAGES = "passages";

/** Writes that must survive a phone that dies the next moment. */
const STRICT: IDBTransactionOptions = { durability: "strict" };

export class Keep {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Opens what is kept under a name, which has to differ from link to link. */
  static async open(name: string): Promise<Keep> {
    const database = await openDatabase(`gatehouse-scan-${name}`, 1, (made) => {
      made.createObjectStore(KEPT);
      const queue = made.createObjectStore(QUEUE, { autoIncrement: true });
      queue.createIndex("nonce", "nonce", { unique: true });
      const passages = made.createObjectStore(PASSAGES, { autoIncrement: true });
      passages.createIndex("ticket", "ticket");
      passages.createIndex("nonce", "nonce", { unique: true });
    });
    return new Keep(database);
  }

  close(): void {
    this.#database.close();
  }

  async #read<K extends keyof Kept>(key: K): Promise<Kept[K] | null> {
    const store = this.#database.transaction(KEPT).objectStore(KEPT);
    return ((await resultOf(store.get(key))) as Kept[K] | undefined) ?? null;
  }

  async #write<K extends keyof Kept>(key: K, value: Kept[K]): Promise<void> {
    const transaction = this.#database.transaction(KEPT, "readwrite", STRICT);
    transaction.objectStore(KEPT).put(value, key);
    await completed(transaction);
  }

  device = (): Promise<Device | null> => this.#read("device");
  saveDevice = (device: Device): Promise<void> => this.#write("device", device);
  list = (): Promise<KeptList | null> => this.#read("list");
  saveList = (list: KeptList): Promise<void> => this.#write("list", list);
  notices = async (): Promise<Notice[]> => (await this.#read("notices")) ?? [];
  saveNotices = (notices: Notice[]): Promise<void> => this.#write("notices", notices);
  lines = async (): Promise<Line[]> => (await this.#read("lines")) ?? [];

  /** Keeps what a presentation leaves behind, all of it or nothing; done when it is on disk. */
  async record({ line, passage, scan }: Trace): Promise<void> {
    const transaction = this.#database.transaction([KEPT, QUEUE, PASSAGES], "readwrite", STRICT);
    const done = completed(transaction);
    const kept = transaction.objectStore(KEPT);
    if (scan !== null) transaction.objectStore(QUEUE).add(scan);
    if (passage !== null) transaction.objectStore(PASSAGES).add(passage);
    const lines = kept.get("lines");
    lines.onsuccess = () => {
      kept.put([line, ...((lines.result as Line[] | undefined) ?? [])].slice(0, MOST_LINES), "lines");
    };
    await done;
  }

  /** The passages of a ticket that happened here, in their order. */
  async passagesOf(ticket: string): Promise<KeptPassage[]> {
    const index = this.#database.transaction(PASSAGES).objectStore(PASSAGES).index("ticket");
    return resultOf(index.getAll(ticket)) as Promise<KeptPassage[]>;
  }

  /** The tickets that came in here. */
  async ticketsInside(): Promise<Set<string>> {
    const store = this.#database.transaction(PASSAGES).objectStore(PASSAGES);
    const passages = (await resultOf(store.getAll())) as KeptPassage[];
    return new Set(passages.filter(({ direction }) => direction === "entry").map(({ ticket }) => ticket));
  }

  /** The oldest scans that wait to be sent. */
  async waiting(most: number): Promise<QueuedScan[]> {
    const store = this.#database.transaction(QUEUE).objectStore(QUEUE);
    return resultOf(store.getAll(null, most)) as Promise<QueuedScan[]>;
  }

  async countWaiting(): Promise<number> {
    return resultOf(this.#database.transaction(QUEUE).objectStore(QUEUE).count());
  }

  /** Forgets scans that the office has, by their nonces. */
  async settle(nonces: readonly string[]): Promise<void> {
    const transaction = this.#database.transaction(QUEUE, "readwrite", STRICT);
    const done = completed(transaction);
    const queue = transaction.objectStore(QUEUE);
    for (const nonce of nonces) {
      const key = queue.index("nonce").getKey(nonce);
      key.onsuccess = () => {
        if (key.result !== undefined) queue.delete(key.result);
      };
    }
    await done;
  }

  /**
   * Forgets guests and keys: the list, what was shown, what happened here. Scans that wait to be
   * sent stay, with what it takes to send them.
   */
  async wipe(): Promise<void> {
    const transaction = this.#database.transaction([KEPT, PASSAGES], "readwrite", STRICT);
    const done = completed(transaction);
    const kept = transaction.objectStore(KEPT);
    transaction.objectStore(PASSAGES).clear();
    for (const key of ["list", "lines", "notices"] satisfies (keyof Kept)[]) kept.delete(key);
    await done;
  }

  /** Forgets everything, the registration and unsent scans included. */
  async forget(): Promise<void> {
    const transaction = this.#database.transaction([KEPT, QUEUE, PASSAGES], "readwrite", STRICT);
    const done = completed(transaction);
    for (const name of [KEPT, QUEUE, PASSAGES]) transaction.objectStore(name).clear();
    await done;
  }
}
