import i18next, { type TFunction } from "i18next";
import { useMemo } from "react";
import { formatShortMoment, joined, useSpeech } from "../locales";
import type { MessageLine } from "../shared/MessageLines";
import type { Tone } from "../shared/Status";
import { DELIVERY_TONE } from "./deliveryTones";
import type { Message } from "./deliveryTypes";

/** Nobody knows whether it left: the line broke before the server's last word. */
export const PERHAPS_SENT = "perhaps_sent";

function wordsOf(t: TFunction, locale: string) {
  /** What a stable code says; null where there are no words for it. */
  const why = (code: string): string | null => {
    if (code === "") return null;
    const key = `messageCode.${code.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}`;
    return i18next.exists(key) ? t(key as "messageCode.addressUnknown") : null;
  };

  /** What a message is about: its kind, and which reminder it is. */
  const about = ({ kind, step }: Pick<Message, "kind" | "step">): string =>
    step !== null && (kind === "reminder" || step === "last_review")
      ? joined([t(`messageKind.${kind}`), t(`reminderStep.${step}`)], " · ")
      : t(`messageKind.${kind}`);

  const status = ({ status: reached, code }: Pick<Message, "status" | "code">): string =>
    code === PERHAPS_SENT ? t("delivery.perhapsSent") : t(`deliveryStatus.${reached}`);

  const tone = ({ status: reached, code }: Pick<Message, "status" | "code">): Tone =>
    code === PERHAPS_SENT ? "wait" : DELIVERY_TONE[reached];

  /** When it left; while it did not, when it is to leave. */
  const moment = ({ sent_at, due_at }: Pick<Message, "sent_at" | "due_at">): number => sent_at ?? due_at;

  const line = (message: Message, zone: string): MessageLine => {
    const { id, channel, recipient, code, detail } = message;
    const at = moment(message);
    return {
      id,
      what: about(message),
      how: recipient === "" ? t(`channel.${channel}`) : recipient,
      tone: tone(message),
      status: status(message),
      why: why(code),
      // What a server says when all went well tells nobody anything.
      said: code === "" || detail === "" ? null : detail,
      at,
      when: formatShortMoment(locale, zone, at),
    };
  };

  return { why, about, status, tone, moment, line };
}

/** How messages are told of, in the reader's words. */
export function useMessageWords() {
  const { t, locale } = useSpeech();
  return useMemo(() => wordsOf(t, locale), [t, locale]);
}
