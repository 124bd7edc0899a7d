/** What one link keeps on this phone: its registration, the list, the scans that wait to be sent. */
import { completed, Connection, openDatabase, resultOf } from "./database";
import type { Device, KeptList, KeptPassage, Line, Notice, QueuedScan, ToldTicket } from "./types";

/** How many of the last scans are kept to be shown. */
const MOST_LINES = 50;

interface Kept {
  device: Device;
  list: KeptList;
  /** When the list was last found to be the newest, by the office's clock. */
  fetched: number;
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

const nameOf = (name: string) => `gatehouse-scan-${name}`;
const VERSION = 2;

function make(made: IDBDatabase, from: number): void {
  made.createObjectStore(TOLD, { keyPath: "ticket" });
  if (from === 1) return;
  made.createObjectStore(KEPT);
  const queue = made.createObjectStore(QUEUE, { autoIncrement: true });
  queue.createIndex("nonce", "nonce", { unique: true });
  const passages = made.createObjectStore(PASSAGES, { autoIncrement: true });
  passages.createIndex("ticket", "ticket");
  passages.createIndex("nonce", "nonce", { unique: true });
}

export class Keep {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Opens what is kept under a name, which has to differ from link to link. */
  static async open(name: string): Promise<Keep> {
    const database = await openDatabase(nameOf(name), VERSION, make);
    // Where all of it was cleared meanwhile, an empty one would take every used ticket for unused.
    return new Keep(new Connection(database, () => openDatabase(nameOf(name), VERSION, null)));
  }

  close(): void {
    this.#connection.close();
  }

  /** Reads from stores, all as they are at one moment. */
  #reading<T>(stores: string | string[], work: (transaction: IDBTransaction) => Promise<T>): Promise<T> {
    return this.#connection.within(stores, "readonly", work);
  }

  /** Writes to stores, all of it or nothing; done when it is on disk. */
  #writing(stores: string | string[], work: (transaction: IDBTransaction) => void): Promise<void> {
    return this.#connection.within(stores, "readwrite", (transaction) => {
      const done = completed(transaction);
      work(transaction);
      return done;
    });
  }

  async #read<K extends keyof Kept>(key: K): Promise<Kept[K] | null> {
    const found = await this.#reading(KEPT, (transaction) => resultOf(transaction.objectStore(KEPT).get(key)));
    return (found as Kept[K] | undefined) ?? null;
  }

  #write<K extends keyof Kept>(key: K, value: Kept[K]): Promise<void> {
    return this.#writing(KEPT, (transaction) => void transaction.objectStore(KEPT).put(value, key));
  }

  device = (): Promise<Device | null> => this.#read("device");
  saveDevice = (device: Device): Promise<void> => this.#write("device", device);

  async list(): Promise<KeptList | null> {
    const [list, fetched] = await Promise.all([this.#read("list"), this.#read("fetched")]);
    return list === null ? null : { ...list, fetched_at: fetched ?? list.fetched_at };
  }

  saveList = (list: KeptList): Promise<void> =>
    this.#writing(KEPT, (transaction) => {
      const kept = transaction.objectStore(KEPT);
      kept.put(list, "list");
      kept.delete("fetched");
    });

  /** Notes when the list was last found to be the newest: a long one is not written anew for that. */
  saveFetched = (at: number): Promise<void> => this.#write("fetched", at);

  notices = async (): Promise<Notice[]> => (await this.#read("notices")) ?? [];
  saveNotices = (notices: Notice[]): Promise<void> => this.#write("notices", notices);
  lines = async (): Promise<Line[]> => (await this.#read("lines")) ?? [];
  told = (): Promise<string | null> => this.#read("told");
  failures = async (): Promise<number> => (await this.#read("failures")) ?? 0;
  moved = async (): Promise<number> => (await this.#read("moved")) ?? 0;

  /** Notes that the office has counted these; what came since stays. */
  counted(moved: number): Promise<void> {
    return this.#writing(KEPT, (transaction) => {
      const kept = transaction.objectStore(KEPT);
      const before = kept.get("moved");
      before.onsuccess = () => {
        kept.put(((before.result as number | undefined) ?? 0) - moved, "moved");
      };
    });
  }

  saveFailures = (failures: number): Promise<void> => this.#write("failures", failures);

  /** Keeps what a presentation leaves behind, all of it or nothing; done when it is on disk. */
  record({ line, passage, scan }: Trace): Promise<void> {
    return this.#writing([KEPT, QUEUE, PASSAGES], (transaction) => {
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
    });
  }

  /** The passages of a ticket that happened here, in their order. */
  async passagesOf(ticket: string): Promise<KeptPassage[]> {
    return this.#reading(PASSAGES, (transaction) => {
      const index = transaction.objectStore(PASSAGES).index("ticket");
      return resultOf(index.getAll(ticket)) as Promise<KeptPassage[]>;
    });
  }

  /** Keeps a page of what the office told, and how far that goes; a page of another office's begins anew. */
  saveTold(tickets: readonly ToldTicket[], to: string): Promise<void> {
    return this.#writing([KEPT, TOLD], (transaction) => {
      const kept = transaction.objectStore(KEPT);
      const told = transaction.objectStore(TOLD);
      const before = kept.get("told");
      before.onsuccess = () => {
        const office = (text: unknown) => (typeof text === "string" ? text.split(".")[0] : undefined);
        if (before.result !== undefined && office(before.result) !== office(to)) told.clear();
        for (const ticket of tickets) told.put(ticket);
        kept.put(to, "told");
      };
    });
  }

  /** What the office told of a ticket's passages. */
  async toldOf(ticket: string): Promise<ToldTicket | null> {
    const found = await this.#reading(TOLD, (transaction) => resultOf(transaction.objectStore(TOLD).get(ticket)));
    return (found as ToldTicket | undefined) ?? null;
  }

  /** The tickets that came in, here or as the office told. */
  async ticketsInside(): Promise<Set<string>> {
    const [here, told] = (await this.#reading([PASSAGES, TOLD], (transaction) =>
      Promise.all([
        resultOf(transaction.objectStore(PASSAGES).getAll()),
        resultOf(transaction.objectStore(TOLD).getAll()),
      ]),
    )) as [KeptPassage[], ToldTicket[]];
    const undone = new Set(told.flatMap((ticket) => ticket.undone));
    const came = here.filter(({ direction, nonce }) => direction === "entry" && !undone.has(nonce));
    const elsewhere = told.filter(({ passages }) => passages.some(({ direction }) => direction === "entry"));
    return new Set([...came, ...elsewhere].map(({ ticket }) => ticket));
  }

  /** The oldest scans that wait to be sent. */
  async waiting(most: number): Promise<QueuedScan[]> {
    return this.#reading(
      QUEUE,
      (transaction) => resultOf(transaction.objectStore(QUEUE).getAll(null, most)) as Promise<QueuedScan[]>,
    );
  }

  async countWaiting(): Promise<number> {
    return this.#reading(QUEUE, (transaction) => resultOf(transaction.objectStore(QUEUE).count()));
  }

  /** Forgets scans that the office has, by their nonces. */
  settle(nonces: readonly string[]): Promise<void> {
    return this.#writing(QUEUE, (transaction) => {
      const queue = transaction.objectStore(QUEUE);
      for (const nonce of nonces) {
        const key = queue.index("nonce").getKey(nonce);
        key.onsuccess = () => {
          if (key.result !== undefined) queue.delete(key.result);
        };
      }
    });
  }

  /**
   * Forgets guests and keys: the list, what was shown, what happened here. Scans that wait to be
   * sent stay, with what it takes to send them.
   */
  wipe(): Promise<void> {
    return this.#writing([KEPT, PASSAGES, TOLD], (transaction) => {
      const kept = transaction.objectStore(KEPT);
      transaction.objectStore(PASSAGES).clear();
      transaction.objectStore(TOLD).clear();
      for (const key of ["list", "fetched", "lines", "notices", "told"] satisfies (keyof Kept)[]) kept.delete(key);
    });
  }

  /** Forgets everything, the registration and unsent scans included. */
  forget(): Promise<void> {
    return this.#writing([KEPT, QUEUE, PASSAGES, TOLD], (transaction) => {
      for (const name of [KEPT, QUEUE, PASSAGES, TOLD]) transaction.objectStore(name).clear();
    });
  }
}
