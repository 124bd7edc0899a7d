import { useSpeech } from "../../locales";
import { type Sending, useSending } from "../../shared/form";
import { Problem } from "../../shared/problem";

/** Why a value can be refused, by the API's code, in words of the interface. */
const WORDS = {
  name_missing: "nameMissing",
  text_invalid: "textInvalid",
  email_invalid: "emailInvalid",
  phone_invalid: "phoneInvalid",
  ticket_type_unknown: "typeUnknown",
  party_size_out_of_range: "partySize",
  language_unknown: "languageUnknown",
  custom_too_many: "customTooMany",
} as const satisfies Record<string, string>;

const isKnown = (code: string): code is keyof typeof WORDS => Object.hasOwn(WORDS, code);

/** Sends a guest's form; what a field is refused for is said in the reader's language. */
export function useGuestForm(): Sending {
  const { t } = useSpeech();
  const sending = useSending();
  return {
    ...sending,
    of(field) {
      const { error } = sending;
      if (!(error instanceof Problem)) return null;
      const found = error.fields.find((known) => known.field === field);
      if (found === undefined) return null;
      return isKnown(found.code) ? t(`guestRefused.${WORDS[found.code]}`) : found.message;
    },
  };
}
