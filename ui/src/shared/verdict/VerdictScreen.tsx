import { type CSSProperties, type ReactNode, useMemo } from "react";
import "../../theme/types.css";
import { joined } from "../../locales/direction";
import { letterOf } from "../letterOf";
import { type Shown, type Tone, toneOf } from "./shown";
import styles from "./Verdict.module.css";
import { VerdictShape } from "./VerdictShape";
import { type DoorSpeech, type Undecided, undecidedWords, type VerdictWords, wordsOf } from "./words";

/** Letters that stand on one line beside the shape; between the two, only on a wide screen. */
const NARROW_LINE = 11;
const WIDE_LINE = 13;

/** Whether questions are set smaller, so that none is out of sight. */
const areMany = (questions: readonly string[]): boolean => questions.length > 4 || questions.join("").length > 160;

/** How long a name is: usual, long, or too long for two lines of the usual size. */
function nameLength(name: string): string | undefined {
  if (name.length > 44) return "very";
  return name.length > 26 ? "" : undefined;
}

/** A ground of the tone's colour with its shape and word; fills what it stands in. */
export function VerdictGround({
  tone,
  words,
  label,
  language,
  textLanguage,
  name,
  face = null,
  facts,
  dense = false,
  foot,
  children,
}: {
  tone: Tone;
  words: VerdictWords;
  /** What the colour means, for those who hear it. */
  label: string;
  /** The language of the word, where it is another than the page's. */
  language?: string;
  /** The language of why and what to do, where it is another than the page's. */
  textLanguage?: string;
  name?: string | null;
  /** Address of the holder's picture. */
  face?: string | null;
  /** What stands with the name. */
  facts?: ReactNode;
  /** Whether there is so much to say that all of it stands closer. */
  dense?: boolean;
  /** Buttons, beneath all that is said. */
  foot?: ReactNode;
  children?: ReactNode;
}) {
  const named = name !== undefined && name !== null && name !== "";
  const longest = Math.max(...words.head.split(/\s+/).map((word) => word.length));
  const size = { "--longest": longest, "--half": Math.ceil(words.head.length / 2) + 1 } as CSSProperties;
  return (
    <div className={`${styles.ground} ${styles[tone]}`} data-tone={tone}>
      <div className={styles.inner} role="alert" data-dense={dense ? "" : undefined}>
        <p className={styles.head} style={size}>
          <VerdictShape tone={tone} />
          <strong
            className={styles.word}
            data-wide={words.head.length > NARROW_LINE ? "" : undefined}
            data-long={words.head.length > WIDE_LINE ? "" : undefined}
            lang={language}
            dir="auto"
          >
            {words.head}
          </strong>
        </p>
        {label !== words.head && <span className={styles.unseen}>{label}</span>}
        {(face !== null || named || facts !== undefined) && (
          <div className={styles.who} data-face={face !== null ? "" : undefined}>
            {/* The name beside it says who that is. */}
            {face !== null && <img className={styles.face} src={face} alt="" />}
            <div className={styles.about}>
              {named && (
                <p className={styles.name} data-long={nameLength(name)} dir="auto">
                  {name}
                </p>
              )}
              {facts}
            </div>
          </div>
        )}
        {children}
        {words.why !== null && (
          <p className={styles.why} lang={textLanguage} dir={textLanguage === undefined ? undefined : "auto"}>
            {words.why}
          </p>
        )}
        {words.todo !== null && (
          <p className={styles.todo} lang={textLanguage} dir={textLanguage === undefined ? undefined : "auto"}>
            {words.todo}
          </p>
        )}
      </div>
      {foot}
    </div>
  );
}

/** The ticket's type, seat, zone and number in one line. */
function Facts({ shown, speech }: { shown: Shown; speech: DoorSpeech }) {
  const { ticket_type, colour, seat, zone, number } = shown;
  if (ticket_type === null && seat === null && number === null) return null;
  return (
    <p className={styles.facts}>
      {ticket_type !== null && (
        <span className={styles.type}>
          {colour !== null && (
            <span className={`${styles.swatch} type-${((colour % 8) + 8) % 8}`} aria-hidden="true">
              {letterOf(colour)}
            </span>
          )}
          {ticket_type}
        </span>
      )}
      {seat !== null && <span>{seat}</span>}
      {zone !== null && <span>{zone}</span>}
      {number !== null && <span className={styles.number}>{speech.say("number", { n: number })}</span>}
    </p>
  );
}

/** So many lines under the name are more than fit at their usual distance. */
const MANY_LINES = 4;

/** About how many lines there are to say besides word, name and facts. */
function linesOf(shown: Shown, words: VerdictWords, face: string | null): number {
  const said = [
    words.why !== null,
    words.todo !== null,
    shown.note !== null || shown.first_time,
    shown.party !== null,
    words.head.length > WIDE_LINE,
    nameLength(shown.name ?? "") === "very",
  ].filter(Boolean).length;
  // Where somebody enters and nothing is to be done, there is room for the picture.
  return said + shown.questions.length + (face === null || words.todo === null ? 0 : 2);
}

/** What a gate shows: colour, shape, word, name, and what staff has to know and to do. */
export function VerdictScreen({
  shown,
  speech,
  zone,
  face = null,
  foot,
  children,
}: {
  shown: Shown;
  speech: DoorSpeech;
  /** The event's time zone. */
  zone: string;
  /** Address of the holder's picture. */
  face?: string | null;
  /** Buttons, beneath all that is said. */
  foot?: ReactNode;
  /** What can be done about it. */
  children?: ReactNode;
}) {
  const tone = toneOf(shown);
  const words = useMemo(() => wordsOf(shown, speech, zone), [shown, speech, zone]);
  const { say } = speech;
  const { party } = shown;
  const known = shown.ticket !== null;
  const noted = shown.note !== null || shown.first_time;
  const alone = shown.mode === "alone" && tone === "admitted";
  return (
    <VerdictGround
      tone={tone}
      words={words}
      label={say(`tone.${tone}`)}
      face={face}
      name={shown.name ?? (known ? say("unnamed") : null)}
      facts={known ? <Facts shown={shown} speech={speech} /> : undefined}
      dense={linesOf(shown, words, face) >= MANY_LINES}
      foot={foot}
    >
      {(noted || party !== null || alone) && (
        <div className={styles.more}>
          {noted && (
            <p className={styles.notes}>
              {shown.first_time && <span>{say("first")}</span>}
              {shown.note !== null && <strong className={styles.note}>{shown.note}</strong>}
            </p>
          )}
          {party !== null && (
            <p className={styles.party}>
              {say("party", {
                label: party.label === "" ? party.number : joined([party.label, party.number], " "),
                inside: party.inside,
                members: party.members,
              })}
            </p>
          )}
          {alone && <p className={styles.mode}>{say("mode.alone")}</p>}
        </div>
      )}
      {shown.questions.length > 0 && (
        <ul className={styles.questions} data-many={areMany(shown.questions) ? "" : undefined}>
          {shown.questions.map((question) => (
            <li key={question}>{question}</li>
          ))}
        </ul>
      )}
      {children}
    </VerdictGround>
  );
}

/** What is shown when no answer came: never green, and said loudly. */
export function UndecidedScreen({
  speech,
  what = "code",
  foot,
  children,
}: {
  speech: DoorSpeech;
  what?: Undecided;
  /** Buttons, beneath all that is said. */
  foot?: ReactNode;
  children?: ReactNode;
}) {
  const words = useMemo(() => undecidedWords(speech, what), [speech, what]);
  return (
    <VerdictGround tone="undecided" words={words} label={speech.say("tone.undecided")} foot={foot}>
      {children}
    </VerdictGround>
  );
}
