import { Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "../../../api";
import { askBranding, type Branding as Kept } from "../../../api/branding";
import { useSpeech } from "../../../locales";
import { type Editing, EditForm } from "../../../shared/editing";
import { Trouble } from "../../../shared/Trouble";
import { SettingsPage } from "../SettingsPage";
import { Logo, OwnFont } from "./BrandFiles";
import styles from "./branding.module.css";
import { ColourField } from "./ColourField";
import { isColour } from "./contrast";
import { Preview } from "./Preview";
import { type BrandingFields, useBrandingSource } from "./useBrandingSource";

const FIELDS = ["organizer", "colour", "font", "sender_name", "sender_email"] as const;

/** A half-typed colour draws nothing: the last whole one stays. */
function useWholeColour(typed: string): string | null {
  const [last, keep] = useState<string | null>(null);
  const whole = typed === "" ? null : isColour(typed) ? typed.toLowerCase() : last;
  if (whole !== last) keep(whole);
  return whole;
}

function Form({ branding }: { branding: Kept }) {
  const { t } = useSpeech();
  const source = useBrandingSource();
  const may = useMay();
  const held = may("manage_workspace") ? null : t("allowed.not");
  const fonts = {
    inter: "Inter",
    noto_sans: "Noto Sans",
    own: branding.own_font ?? t("branding.ownFont"),
  };
  const plain = (label: string) => ({ label, say: (value: string) => value });
  return (
    <EditForm
      name={["branding"]}
      label={t("settings.branding")}
      source={source}
      held={held}
      fields={FIELDS}
      show={{
        organizer: plain(t("branding.organizer")),
        colour: plain(t("branding.colour")),
        font: { label: t("branding.font"), say: (font) => fonts[font] },
        sender_name: plain(t("branding.senderName")),
        sender_email: plain(t("branding.senderEmail")),
      }}
    >
      {({ typed, of, change }) => (
        <Fields
          branding={branding}
          fonts={fonts}
          held={held !== null}
          typed={typed}
          of={of}
          change={change}
        />
      )}
    </EditForm>
  );
}

function Fields({
  branding,
  fonts,
  held,
  typed,
  of,
  change,
}: Pick<Editing<BrandingFields>, "typed" | "of" | "change"> & {
  branding: Kept;
  fonts: Record<Kept["font"], string>;
  held: boolean;
}) {
  const { t } = useSpeech();
  const colour = useWholeColour(typed.colour);
  return (
    <div className={styles.split}>
      <div className={styles.fields}>
        <TextInput
          label={t("branding.organizer")}
          description={t("branding.organizerText")}
          maxLength={200}
          value={typed.organizer}
          error={of("organizer")}
          onChange={({ target }) => change({ organizer: target.value })}
        />
        <Logo branding={branding} held={held} />
        <ColourField
          value={typed.colour}
          error={of("colour")}
          disabled={held}
          change={(next) => change({ colour: next })}
        />
        <Select
          label={t("branding.font")}
          allowDeselect={false}
          data={(Object.keys(fonts) as Kept["font"][]).map((value) => ({
            value,
            label: fonts[value],
            disabled: value === "own" && branding.own_font === null,
          }))}
          value={typed.font}
          error={of("font")}
          onChange={(font) => font !== null && change({ font: font as Kept["font"] })}
        />
        <OwnFont branding={branding} held={held} />
        <div>
          <h3>{t("branding.sender")}</h3>
          <p className="quiet small">{t("branding.senderText")}</p>
        </div>
        <div className={styles.pair}>
          <TextInput
            label={t("branding.senderName")}
            maxLength={200}
            value={typed.sender_name}
            error={of("sender_name")}
            onChange={({ target }) => change({ sender_name: target.value })}
          />
          <TextInput
            type="email"
            label={t("branding.senderEmail")}
            value={typed.sender_email}
            error={of("sender_email")}
            onChange={({ target }) => change({ sender_email: target.value })}
          />
        </div>
      </div>
      <Preview organizer={typed.organizer} colour={colour} font={typed.font} />
    </div>
  );
}

/** How what leaves the office looks: logo, colour, font and sender. */
export function Branding() {
  const { t } = useSpeech();
  const branding = useQuery(askBranding.branding());
  return (
    <SettingsPage title={t("settings.branding")} wide>
      <p className="quiet">{t("branding.text")}</p>
      {branding.data === undefined ? (
        branding.isError && <Trouble error={branding.error} retry={() => void branding.refetch()} />
      ) : (
        <Form branding={branding.data} />
      )}
    </SettingsPage>
  );
}
