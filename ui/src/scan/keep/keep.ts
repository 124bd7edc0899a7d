/** What one link keeps on this phone: its registration, the list, the scans that wait to be sent. */
import { completed, openDatabase, resultOf } from "./database";
import type { Device, KeptList, KeptPassage, Line, Notice, QueuedScan, ToldTicket } from "./types";

/** How many of the last scans are kept to be shown. */
const MOST_LINES = 50;

interface Kept {
  device: Device;
  list: KeptList;
  notices: Notice[];
  lines: Line[];
  /** How far the office told of passages. */
  told: string;
  /** Attempts to send that failed since the last that went well. */
  failures: number;
  /** Entries less exits since the office counted how many more fit. */
  moved: number;
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
const TOLD = "told";

/** Writes that must survive a phone that dies the next moment. */
const STRICT: IDBTransactionOptions = { durability: "strict" };

export class Keep {
  readonly #database: IDBDatabase;

  private constructor(database: IDBDatabase) {
    this.#database = database;
  }

  /** Opens what is kept under a name, which has to differ from link to link. */
  static async open(name: string): Promise<Keep> {
    const database = await openDatabase(`gatehouse-scan-${name}`, 2, (made, from) => {
      made.createObjectStore(TOLD, { keyPath: "ticket" });
      if (from === 1) return;
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
  told = (): Promise<string | null> => this.#read("told");
  failures = async (): Promise<number> => (await this.#read("failures")) ?? 0;
  moved = async (): Promise<number> => (await this.#read("moved")) ?? 0;

  /** Notes that the office has counted these; what came since stays. */
  async counted(moved: number): Promise<void> {
    const transaction = this.#database.transaction(KEPT, "readwrite", STRICT);
    const done = completed(transaction);
    const kept = transaction.objectStore(KEPT);
    const before = kept.get("moved");
    before.onsuccess = () => {
      kept.put(((before.result as number | undefined) ?? 0) - moved, "moved");
    };
    await done;
  }

  saveFailures = (failures: number): Promise<void> => this.#write("failures", failures);

  /** Keeps what a presentation leaves behind, all of it or nothing; done when it is on disk. */
  async record({ line, passage, scan }: Trace): Promise<void> {
    const transaction = this.#database.transaction([KEPT, QUEUE, PASSAGES], "readwrite", STRICT);
    const done = completed(transaction);
    const kept = transaction.objectStore(KEPT);
    if (scan !== null) transaction.objectStore(QUEUE).add(scan);
    if (passage !== null) transaction.objectStore(PASSAGES).add(passage);
    if (passage !== null) {
      const moved = kept.get("moved");
      moved.onsuccess = () => {
        kept.put(((moved.result as number | undefined) ?? 0) + (passage.direction === "entry" ? 1 : -1), "moved");
      };
    }
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

  /** Keeps a page of what the office told, and how far that goes; a page of another office's begins anew. */
  async saveTold(tickets: readonly ToldTicket[], to: string): Promise<void> {
    const transaction = this.#database.transaction([KEPT, TOLD], "readwrite", STRICT);
    const done = completed(transaction);
    const kept = transaction.objectStore(KEPT);
    const told = transaction.objectStore(TOLD);
    const before = kept.get("told");
    before.onsuccess = () => {
      const office = (text: unknown) => (typeof text === "string" ? text.split(".")[0] : undefined);
      if (before.result !== undefined && office(before.result) !== office(to)) told.clear();
      for (const ticket of tickets) told.put(ticket);
      kept.put(to, "told");
    };
    await done;
  }

  /** What the office told of a ticket's passages. */
  async toldOf(ticket: string): Promise<ToldTicket | null> {
    const store = this.#database.transaction(TOLD).objectStore(TOLD);
    return ((await resultOf(store.get(ticket))) as ToldTicket | undefined) ?? null;
  }

  /** The tickets that came in, here or as the office told. */
  async ticketsInside(): Promise<Set<string>> {
    const transaction = this.#database.transaction([PASSAGES, TOLD]);
    const [here, told] = (await Promise.all([
      resultOf(transaction.objectStore(PASSAGES).getAll()),
      resultOf(transaction.objectStore(TOLD).getAll()),
    ])) as [KeptPassage[], ToldTicket[]];
    const undone = new Set(told.flatMap((ticket) => ticket.undone));
    const came = here.filter(({ direction, nonce }) => direction === "entry" && !undone.has(nonce));
    const elsewhere = told.filter(({ passages }) => passages.some(({ direction }) => direction === "entry"));
    return new Set([...came, ...elsewhere].map(({ ticket }) => ticket));
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
    const transaction = this.#database.transaction([KEPT, PASSAGES, TOLD], "readwrite", STRICT);
    const done = completed(transaction);
    const kept = transaction.objectStore(KEPT);
    transaction.objectStore(PASSAGES).clear();
    transaction.objectStore(TOLD).clear();
    for (const key of ["list", "lines", "notices", "told"] satisfies (keyof Kept)[]) kept.delete(key);
    await done;
  }

  /** Forgets everything, the registration and unsent scans included. */
  async forget(): Promise<void> {
    const transaction = this.#database.transaction([KEPT, QUEUE, PASSAGES, TOLD], "readwrite", STRICT);
    const done = completed(transaction);
    for (const name of [KEPT, QUEUE, PASSAGES, TOLD]) transaction.objectStore(name).clear();
    await done;
  }
}
