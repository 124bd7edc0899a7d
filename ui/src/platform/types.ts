/** What kinds of file are meant: endings without the dot, such as `csv`. */
export interface FileKinds {
  /** Said to the person where the system shows it. */
  name: string;
  endings: readonly string[];
}

/** Where a result goes: a path that the home writes to itself, or a file that the browser keeps. */
export type SavePlace =
  | { kind: "path"; path: string }
  | { kind: "browser"; write(content: Blob): Promise<void> };

/** A printer that the system knows. */
export interface Printer {
  name: string;
  is_default: boolean;
}

/** Whose badge is meant, and which gate asks for it. */
export interface BadgeOf {
  event: string;
  ticket: string;
  gate: string;
}

/** One event of a stream that the API sends. */
export interface ServerEvent {
  event: string;
  data: string;
}

/** What the machine beneath the interface can do. */
export interface Platform {
  readonly kind: "browser" | "desktop";
  /** Carries a request to the API and brings its answer. Rejects when nobody answers. */
  transport(request: Request): Promise<Response>;
  /** Carries a request with a file as its body, and says which share of it (0 to 1) has left. */
  upload(request: Request, file: Blob, sent: (share: number) => void): Promise<Response>;
  /** Lets the person choose a file; null when they choose none. */
  pickFile(kinds: FileKinds): Promise<File | null>;
  /** Lets the person choose any number of files. */
  pickFiles(kinds: FileKinds): Promise<File[]>;
  /** Asks where to keep a file called `name`; null when the person changes their mind. */
  savePath(name: string, kinds: FileKinds): Promise<SavePlace | null>;
  /** Keeps a file that the office answered with, under `name` or where the person says. */
  saveFile(file: Response, name: string): Promise<void>;
  /** The printers of this machine; null where only a page can be printed, from its own dialog. */
  printers(): Promise<readonly Printer[] | null>;
  /**
   * Prints the PDF that a piece of work made, on the usual printer when none is named; tells which
   * took it, or null where it was opened in a program that prints it.
   */
  printFile(task: string, printer: string | null): Promise<string | null>;
  /**
   * Prints the badge or receipt of a ticket, as `printFile` does. Only where the machine names its
   * printers; a page shows the PDF instead.
   */
  printBadge(of: BadgeOf, printer: string | null): Promise<string | null>;
  /** Shows a PDF where it can be printed from; false where that was held back. */
  showPdf(file: Blob): boolean;
  /** Begins the program anew; false where the person has to. */
  restart(): Promise<boolean>;
  /** Says something through the system; tells whether it could be said. */
  notify(title: string, text: string): Promise<boolean>;
  /** Opens a gate of the event with this id: a window of its own, or this page. */
  openGate(event: string): Promise<void>;
  /** Opens an address outside of Gatehouse. */
  openExternal(address: string): Promise<void>;
  /** Keeps display and machine awake from now on, or no longer. Says nothing where it can't. */
  stayAwake(on: boolean): Promise<void>;
  /** Puts a text where it can be pasted. */
  copyText(text: string): Promise<void>;
  /**
   * Hears the events of a path of the API until they end or `signal` is aborted. Fails with the
   * API's refusal where there are none.
   */
  subscribe(
    path: string,
    authorization: string | null,
    hear: (event: ServerEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Lets the window fill the screen, or no longer; false where that was refused. */
  fillScreen(on: boolean): Promise<boolean>;
  /** Whether the program starts with the machine; null where that can't be said. */
  startsWithMachine(): Promise<boolean | null>;
  /** Lets the program start with the machine, or no longer; tells whether it does now. */
  startWithMachine(on: boolean): Promise<boolean>;
  /** Closes the window's ways out, or opens them; false where they can't be closed. */
  kiosk(on: boolean): Promise<boolean>;
}
