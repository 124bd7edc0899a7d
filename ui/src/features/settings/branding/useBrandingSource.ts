import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, ifMatch, versioned } from "../../../api";
import { askBranding, type Branding, type BrandingChange } from "../../../api/branding";
import { useSpeech } from "../../../locales";
import type { Source } from "../../../shared/editing";
import { offerUndo } from "../../../shared/undo";
import type { Versioned } from "../../../shared/versioned";

/** The branding as it is typed: what is not given is blank. */
export interface BrandingFields {
  organizer: string;
  colour: string;
  font: Branding["font"];
  sender_name: string;
  sender_email: string;
}

const take = ({ organizer, colour, font, sender_name, sender_email }: Branding): BrandingFields => ({
  organizer,
  colour: colour ?? "",
  font,
  sender_name,
  sender_email: sender_email ?? "",
});

const give = ({ organizer, colour, font, sender_name, sender_email }: BrandingFields): BrandingChange => ({
  organizer: organizer.trim(),
  colour: colour.trim() || null,
  font,
  sender_name: sender_name.trim(),
  sender_email: sender_email.trim() || null,
});

/** Reads and writes the branding by its version; what was saved can be taken back for a while. */
export function useBrandingSource(): Source<BrandingFields> {
  const { t } = useSpeech();
  const queries = useQueryClient();
  return useMemo(() => {
    // The API takes all fields at once; the form says only which were changed.
    let known: BrandingFields | null = null;
    let before: BrandingFields | null = null;
    const kept = ({ body, version }: Versioned<Branding>): Versioned<BrandingFields> => {
      queries.setQueryData(askBranding.branding().queryKey, body);
      known = take(body);
      return { body: known, version };
    };
    const put = async (fields: BrandingFields, version: string | null) =>
      kept(await versioned(client.PUT("/api/branding", { headers: ifMatch(version), body: give(fields) })));
    const read = async () => kept(await versioned(client.GET("/api/branding")));
    return {
      read,
      async write(change, version) {
        before = known ?? (await read()).body;
        return put({ ...before, ...change }, version);
      },
      saved() {
        const back = before;
        const done = t("branding.saved");
        if (back === null) return;
        offerUndo({
          done,
          async undo() {
            await put(back, (await read()).version);
            await queries.invalidateQueries({ queryKey: ["edited", "branding"] });
          },
        });
      },
    };
  }, [t, queries]);
}
