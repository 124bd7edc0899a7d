/** The scanner: presents codes, keeps what happened, and speaks with the office when it can. */
import type { Direction } from "../judge/passage";
import { Shut } from "../keep/database";
import { Keep } from "../keep/keep";
import { forgetLink, nameOfLink, rememberLink } from "../keep/links";
import type { Device, KeptList, Line, Notice, Settings, Standing } from "../keep/types";
import { readToken } from "../token/token";
import type { Shown } from "../../shared/verdict";
import { type Decided, decideAlone, type Leave, leaveAlone, passageFrom, type Presenting, showOf } from "./alone";
import { bringUpToDate, GuestList } from "./guestList";
import { endOf } from "./link";
import { Away, office, Refused, type Registered } from "./office";
import { PhoneClock } from "./phoneClock";
import { lastBatch, sendAll, waitAfter } from "./sending";

/** What the screen shows of the scanner. */
export interface View {
  device: Device;
  /** Whether the office answers. */
  online: boolean;
  /** Whether the office answers, but does not know this phone. */
  unknown: boolean;
  /** Whether something is being sent or fetched. */
  busy: boolean;
  waiting: number;
  counts: { came: number; expected: number } | null;
  lines: readonly Line[];
  notices: readonly Notice[];
  leave: Leave;
  /** Which way it leads now: as the office says, or as staff turned it where they may. */
  direction: Direction;
  /** Whether the event has keys that this browser can't compute with. */
  beyond: boolean;
  /** Whether scans could be written down; a full phone can't admit. */
  writable: boolean;
  /** Whether what is kept can't be reached until the page is opened anew. */
  shut: boolean;
  /** Why the office does not take this phone's scans, in its own words. */
  untaken: string | null;
}

/** What a presentation led to: a verdict, or none. */
export type Outcome = { shown: Shown } | { undecided: true } | { ended: Standing };

/** How often the list is brought up to date while somebody looks. */
const FRESH_MS = 60_000;
/** Pages of what the office tells of passages that are fetched in a row. */
const MOST_PAGES = 100;
/** How long after a silence the office is not asked about a guest. */
const SILENCE_MS = 10_000;
/** How often an absent office is looked for. */
const LOOK_MS = 5_000;
/** How far clocks may differ before times are moved. */
const CLOCK_MS = 2_000;
/** How much later guests are forgotten where the office's clock is not there to say that they may be. */
const OWN_CLOCK_GRACE_MS = 27 * 86_400_000;

/** Does what no two pages of this phone may do at once. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const { locks } = navigator as { locks?: LockManager | null };
  return locks ? locks.request("gatehouse-scan", work) : work();
}

export class Scanner {
  readonly #keep: Keep;
  readonly #clock = new PhoneClock();
  readonly #listeners = new Set<() => void>();
  #view: View;
  #list: GuestList | null = null;
  #inside = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();
  #sending: Promise<void> | null = null;
  #failures = 0;
  #awaySince: number | null = null;
  #freshAt = 0;
  #sendAt = 0;
  #timer: ReturnType<typeof setInterval> | null = null;

  private constructor(keep: Keep, device: Device) {
    this.#keep = keep;
    this.#view = {
      device,
      online: navigator.onLine,
      unknown: false,
      busy: false,
      waiting: 0,
      counts: null,
      lines: [],
      notices: [],
      leave: leaveAlone(device, this.#clock.now()),
      direction: device.settings.direction,
      beyond: false,
      writable: true,
      shut: false,
      untaken: null,
    };
  }

  /** The scanner that this phone became by a link; null where it did not yet. */
  static async recall(token: string): Promise<Scanner | null> {
    const keep = await Keep.open(await nameOfLink(token));
    const device = await keep.device();
    if (device === null) {
      keep.close();
      return null;
    }
    const now = Date.now();
    if (device.heardAt <= now) return Scanner.#with(keep, device);
    // The clock was set back meanwhile: its time alone is counted from here.
    const recalled = { ...device, heardAt: now };
    await keep.saveDevice(recalled);
    return Scanner.#with(keep, recalled);
  }

  /** Makes this phone a scanner, with the answer of the office. Unsent scans of before stay. */
  static async begin(token: string, answer: Registered): Promise<Scanner> {
    const keep = await Keep.open(await nameOfLink(token));
    const now = Date.now();
    const name = answer.settings.deviceName ?? answer.event.title;
    const device: Device = {
      token,
      scannerId: answer.scannerId,
      credentials: answer.credentials,
      deviceName: name,
      event: answer.event,
      settings: answer.settings,
      standing: "active",
      registeredAt: now,
      clockOffset: 0,
      heardAt: now,
      syncedAt: null,
    };
    await keep.saveDevice(device);
    await rememberLink({ token, title: answer.event.title, deviceName: name, openedAt: now });
    // Without it a phone that is short of room may clear what was not sent yet.
    void navigator.storage?.persist?.().catch(() => false);
    return Scanner.#with(keep, device);
  }

  static async #with(keep: Keep, device: Device): Promise<Scanner> {
    const scanner = new Scanner(keep, device);
    const kept = await keep.list();
    if (kept !== null) scanner.#list = await GuestList.of(kept);
    if (scanner.#list?.isLongOver(scanner.now() - OWN_CLOCK_GRACE_MS) === true) await scanner.#end("expired");
    scanner.#inside = await keep.ticketsInside();
    scanner.#show({
      waiting: await keep.countWaiting(),
      lines: await keep.lines(),
      notices: await keep.notices(),
    });
    return scanner;
  }

  view = (): View => this.#view;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #show(changed: Partial<View>): void {
    const device = changed.device ?? this.#view.device;
    this.#view = {
      ...this.#view,
      ...changed,
      counts: this.#list === null ? null : this.#list.counts(this.#inside),
      beyond: (this.#list?.verifier.beyond.length ?? 0) > 0,
      leave: leaveAlone(device, this.#clock.now()),
    };
    for (const listener of this.#listeners) listener();
  }

  /** The office's clock, as far as it is known. */
  now(): number {
    return this.#clock.now() + this.#view.device.clockOffset;
  }

  /** Begins to speak with the office by itself; ends with what it returns. */
  start(): () => void {
    const look = () => void this.#look();
    const changed = () => {
      if (document.visibilityState === "visible") void this.sync();
      else this.#sendLast();
    };
    const back = () => void this.sync();
    const gone = () => this.#wentAway();
    const leaving = () => this.#sendLast();
    window.addEventListener("online", back);
    window.addEventListener("offline", gone);
    window.addEventListener("pagehide", leaving);
    document.addEventListener("visibilitychange", changed);
    this.#timer = setInterval(look, LOOK_MS);
    void this.sync();
    return () => {
      window.removeEventListener("online", back);
      window.removeEventListener("offline", gone);
      window.removeEventListener("pagehide", leaving);
      document.removeEventListener("visibilitychange", changed);
      if (this.#timer !== null) clearInterval(this.#timer);
    };
  }

  /** What is due: an absent office is looked for, scans that failed are sent again, the list is kept fresh. */
  async #look(): Promise<void> {
    const now = this.#clock.now();
    const { device, waiting, online } = this.#view;
    // Time alone passes whether or not anything else happens.
    this.#show({});
    if (this.#sending !== null || now < this.#sendAt) return;
    const every = device.settings.syncIntervalMinutes * 60_000;
    const isDue = waiting > 0 || !online || now - device.heardAt >= every;
    if (isDue) await this.sync();
    else if (device.standing === "active" && document.visibilityState === "visible" && Math.abs(now - this.#freshAt) >= FRESH_MS) {
      await this.#freshen().catch((error: unknown) => this.#took(error));
    }
  }

  /** Presents a code, one after the other. */
  present(text: string, answered = false): Promise<Outcome> {
    const turn = this.#turn
      .then(() => this.#present(text, answered))
      .catch((error: unknown) => {
        if (error instanceof Shut) this.#show({ shut: true });
        throw error;
      });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #present(text: string, answered: boolean): Promise<Outcome> {
    const { device } = this.#view;
    if (device.standing !== "active") return { ended: device.standing };
    const presenting: Presenting = { text, nonce: crypto.randomUUID(), direction: this.#view.direction, answered };
    const token = await readToken(text);
    try {
      if (this.#mayAsk()) {
        const shown = await this.#ask(presenting, token?.jwt ?? text.slice(0, 8_192));
        if (shown !== null) return { shown };
      }
    } catch (error) {
      const standing = await this.#took(error);
      if (standing !== "active") return { ended: standing };
      // One that does not know this phone has decided nothing about the guest.
      if (error instanceof Refused && error.status !== 401) return { undecided: true };
    }
    return this.#alone(presenting);
  }

  /** Whether asking the office is worth a guest's time now. */
  #mayAsk(): boolean {
    if (this.#view.leave.is === "not_allowed" || this.#view.leave.is === "over") return true;
    return this.#awaySince === null ? navigator.onLine : this.#clock.now() - this.#awaySince > SILENCE_MS && navigator.onLine;
  }

  /** The office's verdict, kept here before it is shown. Null where the office is away. */
  async #ask(presenting: Presenting, jwt: string): Promise<Shown | null> {
    const { device } = this.#view;
    let shown: Shown;
    try {
      shown = await office.validate(device.credentials, {
        jwt,
        scannerId: device.scannerId,
        deviceTime: new Date().toISOString(),
        nonce: presenting.nonce,
        direction: presenting.direction,
        ...(presenting.answered ? { answered: true } : {}),
      });
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      this.#wentAway();
      return null;
    }
    this.#cameBack();
    const passage = passageFrom(shown, presenting.direction, device);
    await this.#record({ ...shown, scan: presenting.nonce }, passage && { ...passage, nonce: presenting.nonce }, null);
    return shown;
  }

  async #alone(presenting: Presenting): Promise<Outcome> {
    const { device } = this.#view;
    const leave = leaveAlone(device, this.#clock.now());
    const now = this.now();
    // Nobody is kept from leaving.
    if (leave.is === "over" && presenting.direction === "entry") {
      const decision = { verdict: "refused", code: "offline_too_long", session: null, day: 0, doorsAt: null, rule: null } as const;
      return { shown: showOf(presenting, { device, list: this.#list, now }, decision, null) };
    }
    const list = this.#list;
    if ((leave.is === "not_allowed" && presenting.direction === "entry") || list === null) return { undecided: true };
    const passagesOf = (ticket: string) => this.#keep.passagesOf(ticket);
    const toldOf = (ticket: string) => this.#keep.toldOf(ticket);
    // One page of several at a time, so that none decides on what another is about to write.
    return inTurn(async () => {
      const moved = await this.#keep.moved();
      const decided = await decideAlone(presenting, { device, list, passagesOf, toldOf, moved, now });
      if (decided === null) return { undecided: true };
      await this.#keepDecision(presenting, decided, now);
      return { shown: decided.shown };
    });
  }

  async #keepDecision(presenting: Presenting, { shown, jwt, passage }: Decided, now: number): Promise<void> {
    const at = new Date().toISOString();
    const scan =
      shown.ticket === null || jwt === null
        ? null
        : {
            nonce: presenting.nonce,
            ticketId: shown.ticket,
            scannedAt: new Date(now).toISOString(),
            validationMode: "OFFLINE" as const,
            deviceTime: at,
            jwt,
            verdict: shown.verdict,
            code: shown.code,
            direction: presenting.direction,
          };
    await this.#record(shown, passage, scan);
  }

  /** Writes down what happened; only then may it be shown. */
  async #record(shown: Shown, passage: Parameters<Keep["record"]>[0]["passage"], scan: Parameters<Keep["record"]>[0]["scan"]): Promise<void> {
    const line: Line = {
      scan: shown.scan,
      at: shown.at,
      verdict: shown.verdict,
      code: shown.code,
      attention: shown.attention,
      name: shown.name,
      number: shown.number,
      ticketType: shown.ticket_type,
    };
    try {
      await this.#keep.record({ line, passage, scan });
    } catch (error) {
      if (!(error instanceof Shut)) this.#show({ writable: false });
      throw error;
    }
    if (passage?.direction === "entry") this.#inside.add(passage.ticket);
    this.#show({
      writable: true,
      shut: false,
      waiting: this.#view.waiting + (scan === null ? 0 : 1),
      lines: [line, ...this.#view.lines].slice(0, 50),
    });
  }

  /** Sends what waits and fetches what is new; one at a time. */
  sync = (): Promise<void> => {
    this.#sending ??= this.#sync()
      .catch((error: unknown) => {
        if (!(error instanceof Shut)) throw error;
        this.#show({ shut: true });
      })
      .finally(() => {
        this.#sending = null;
        this.#show({ busy: false });
      });
    return this.#sending;
  };

  async #sync(): Promise<void> {
    const { device, waiting } = this.#view;
    // Whoever may scan no more only has scans to bring.
    if (device.standing !== "active" && waiting === 0) return;
    this.#show({ busy: true });
    const numberOf = (ticket: string) => this.#list?.face(ticket)?.number ?? null;
    const recount = async () => this.#show({ waiting: await this.#keep.countWaiting() });
    const moved = await this.#keep.moved();
    const sent = await sendAll(this.#keep, device, numberOf, recount);
    // What batches before told is told by no other answer.
    await this.#tell(sent.notices);
    if (sent.is === "away") return this.#wentAway();
    if (sent.is === "refused") {
      if (sent.refusal.status !== 401) this.#later();
      this.#show({ untaken: sent.refusal.message });
      await this.#took(sent.refusal);
      return;
    }
    this.#show({ untaken: null });
    const { answer } = sent;
    if (answer.settings === null && this.#view.device.standing === "active") return this.#askWhy();
    this.#failures = 0;
    this.#sendAt = 0;
    this.#cameBack();
    if (answer.settings === null || this.#view.device.standing !== "active") return;
    await this.#heard(answer.settings, answer.serverTime);
    // The office's count holds them now.
    await this.#keep.counted(moved);
    if (this.#view.device.standing !== "active") return;
    await this.#freshen().catch((error: unknown) => this.#took(error));
  }

  /** Asks what became of this scanner's right, which an office that only takes its scans does not say. */
  async #askWhy(): Promise<void> {
    const { device } = this.#view;
    try {
      const settings = await office.settings(device.credentials, device.scannerId);
      this.#cameBack();
      await this.#heard(settings, null);
    } catch (error) {
      const standing = await this.#took(error);
      const isTold = error instanceof Refused && error.status !== 401 && error.status !== 429;
      if (isTold && standing === "active") await this.#end("revoked");
    }
  }

  /** Keeps and shows what staff should know. */
  async #tell(notices: readonly Notice[]): Promise<void> {
    if (notices.length === 0) return;
    const known = new Set(notices.map(({ nonce }) => nonce));
    const all = [...notices, ...this.#view.notices.filter(({ nonce }) => !known.has(nonce))];
    await this.#keep.saveNotices(all);
    this.#show({ notices: all });
  }

  /** Fetches the list where it changed, and who came in elsewhere since. */
  async #freshen(): Promise<void> {
    const { device } = this.#view;
    const known = this.#list?.kept ?? null;
    const asked = this.now();
    // A list of before there were zones and rules in it is fetched anew.
    const after = known?.zones === undefined ? null : known.as_of;
    const news = await office.roster(device.credentials, device.scannerId, after);
    this.#freshAt = this.#clock.now();
    // One that was put out of standing meanwhile has wiped its list, and takes none in.
    if (this.#view.device.standing !== "active") return;
    this.#cameBack();
    if (news === null) await this.#stillNewest(asked);
    else await this.#takeList(bringUpToDate(known, news, asked));
    await this.#hearOfPassages();
    await this.#heard(device.settings, null);
  }

  /** Hears which tickets were used, here and elsewhere, since it heard last. */
  async #hearOfPassages(): Promise<void> {
    const { device } = this.#view;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { tickets, to, more } = await office.passages(device.credentials, device.scannerId, await this.#keep.told());
      if (this.#view.device.standing !== "active") return;
      await this.#keep.saveTold(tickets, to);
      if (tickets.length > 0) this.#inside = await this.#keep.ticketsInside();
      if (!more) return;
    }
  }

  async #takeList(list: KeptList): Promise<void> {
    await this.#keep.saveList(list);
    this.#list = await GuestList.of(list);
  }

  async #stillNewest(at: number): Promise<void> {
    await this.#keep.saveFetched(at);
    this.#list?.foundNewest(at);
  }

  /** Takes in what the office says of this scanner, and its clock. */
  async #heard(settings: Settings, serverTime: string | null): Promise<void> {
    const { device } = this.#view;
    const before = this.now();
    const phone = serverTime === null ? this.#clock.now() : this.#clock.read();
    const offset = serverTime === null ? device.clockOffset : Date.parse(serverTime) - phone;
    const clockOffset = Number.isFinite(offset) && Math.abs(offset) >= CLOCK_MS ? offset : 0;
    const known = this.#list?.kept.event;
    const next: Device = {
      ...device,
      settings,
      deviceName: settings.deviceName ?? device.deviceName,
      event: known === undefined ? device.event : { id: known.id, title: known.title, timeZone: known.time_zone },
      clockOffset: serverTime === null ? device.clockOffset : clockOffset,
      heardAt: phone,
      syncedAt: serverTime ?? device.syncedAt,
    };
    await this.#keep.saveDevice(next);
    // Staff may turn it round until the office says something else.
    const isTurned = settings.mayTurn && settings.direction === device.settings.direction;
    this.#show({ device: next, direction: isTurned ? this.#view.direction : settings.direction });
    if (settings.status?.toUpperCase() === "REVOKED") await this.#end("revoked");
    // Only where the clocks agree: one that was set forward must not empty a phone at an open door.
    else if (serverTime !== null && this.#list?.isLongOver(Math.min(before, this.now())) === true) await this.#end("expired");
  }

  /** Takes in a failure: an office that is away, or one that wants no more of this scanner. */
  async #took(error: unknown): Promise<Standing> {
    if (error instanceof Away) {
      this.#wentAway();
    } else if (error instanceof Refused) {
      if (error.code === "scanner_replaced") await this.#end("replaced");
      else if (error.code === "scanner_revoked") await this.#end("revoked");
      else if (error.status === 401) await this.#notKnown(error.at);
    } else {
      throw error;
    }
    return this.#view.device.standing;
  }

  /** The office does not know this phone, and says so at a time by its own clock: the link may be over, or a clock may be wrong. */
  async #notKnown(at: number | null): Promise<void> {
    const { device } = this.#view;
    if (device.standing !== "active") return this.#later();
    const end = endOf(device.credentials);
    if (end !== null && end <= this.now() && end <= (at ?? end)) return this.#end("expired");
    this.#wentAway();
    this.#show({ unknown: true });
  }

  /** Ends scanning here: names and keys go, scans that were not sent stay until they are. */
  async #end(standing: Exclude<Standing, "active">): Promise<void> {
    if (this.#view.device.standing === standing) return;
    const device: Device = { ...this.#view.device, standing };
    this.#list = null;
    this.#inside.clear();
    await this.#keep.saveDevice(device);
    await this.#keep.wipe();
    this.#show({ device, lines: [], notices: [], waiting: await this.#keep.countWaiting() });
    if (this.#view.waiting > 0) this.#sendAt = 0;
  }

  #wentAway(): void {
    this.#awaySince = this.#clock.now();
    this.#later();
    this.#show({ online: false, unknown: false });
  }

  #later(): void {
    this.#failures += 1;
    this.#sendAt = this.#clock.now() + waitAfter(this.#failures);
  }

  #cameBack(): void {
    this.#awaySince = null;
    if (this.#view.online) return;
    // What waits need not wait for its turn.
    this.#failures = 0;
    this.#sendAt = 0;
    this.#show({ online: true, unknown: false });
  }

  /** What can still be sent while the page goes away; kept all the same, since no answer is heard. */
  #sendLast(): void {
    const { device, waiting } = this.#view;
    if (waiting === 0) return;
    void this.#keep
      .waiting(100)
      .then((scans) => office.sync(device.credentials, device.scannerId, lastBatch(scans), device.syncedAt, { keepalive: true }))
      .catch(() => undefined);
  }

  /** Turns it round; where the office does not allow that, nothing changes. */
  turn(direction: Direction): void {
    if (this.#view.device.settings.mayTurn) this.#show({ direction });
  }

  async dismissNotices(): Promise<void> {
    await this.#keep.saveNotices([]);
    this.#show({ notices: [] });
  }

  /** The scans that wait, for somebody to carry to the office. */
  unsent = () => this.#keep.waiting(100_000);

  /** Forgets this link and all that it kept. */
  async forget(): Promise<void> {
    await this.#keep.forget();
    await forgetLink(this.#view.device.token);
    this.#keep.close();
  }
}
