import { Checkbox, SegmentedControl, TextInput, Textarea } from "@mantine/core";
import { useSpeech } from "../../../locales";
import type { Mode, PlacePlan } from "../plan";
import styles from "../planning.module.css";

const MODES: readonly Mode[] = ["in_person", "online", "hybrid"];

/** Where people come together: a venue, a meeting on the network, or both. */
export function PlaceFields({
  place,
  error,
  disabled = false,
  onChange,
}: {
  place: PlacePlan;
  /** What a field of the place was refused for, such as `venue.city`. */
  error(field: string): string | null;
  disabled?: boolean;
  onChange(place: PlacePlan): void;
}) {
  const { t } = useSpeech();
  const venue = (part: Partial<PlacePlan["venue"]>) =>
    onChange({ ...place, venue: { ...place.venue, ...part } });
  const meeting = (part: Partial<PlacePlan["meeting"]>) =>
    onChange({ ...place, meeting: { ...place.meeting, ...part } });
  return (
    <div className={styles.fields}>
      <div role="group" aria-label={t("planning.mode")} className={styles.wide}>
        <SegmentedControl
          aria-label={t("planning.mode")}
          disabled={disabled}
          data={MODES.map((mode) => ({ value: mode, label: t(`placeMode.${mode}`) }))}
          value={place.mode}
          onChange={(mode) => onChange({ ...place, mode: mode as Mode })}
        />
      </div>
      {place.mode !== "online" && (
        <fieldset className={styles.part} disabled={disabled}>
          <legend>{t("planning.venue")}</legend>
          <TextInput
            className={styles.wide}
            label={t("planning.venueName")}
            value={place.venue.name}
            error={error("venue.name")}
            onChange={({ target }) => venue({ name: target.value })}
          />
          <TextInput
            className={styles.wide}
            label={t("planning.address")}
            autoComplete="street-address"
            value={place.venue.address}
            error={error("venue.address")}
            onChange={({ target }) => venue({ address: target.value })}
          />
          <TextInput
            label={t("planning.city")}
            autoComplete="address-level2"
            value={place.venue.city}
            error={error("venue.city")}
            onChange={({ target }) => venue({ city: target.value })}
          />
          <TextInput
            label={t("planning.country")}
            autoComplete="country-name"
            value={place.venue.country}
            error={error("venue.country")}
            onChange={({ target }) => venue({ country: target.value })}
          />
          <Textarea
            label={t("planning.parking")}
            autosize
            minRows={2}
            value={place.venue.parking}
            error={error("venue.parking")}
            onChange={({ target }) => venue({ parking: target.value })}
          />
          <Textarea
            label={t("planning.accessibility")}
            description={t("planning.accessibilityText")}
            autosize
            minRows={2}
            value={place.venue.accessibility}
            error={error("venue.accessibility")}
            onChange={({ target }) => venue({ accessibility: target.value })}
          />
          <Checkbox
            className={styles.wide}
            label={t("planning.private")}
            description={t("planning.privateText")}
            checked={place.venue.private}
            onChange={({ target }) => venue({ private: target.checked })}
          />
        </fieldset>
      )}
      {place.mode !== "in_person" && (
        <fieldset className={styles.part} disabled={disabled}>
          <legend>{t("planning.meeting")}</legend>
          <TextInput
            className={styles.wide}
            label={t("planning.link")}
            description={t("planning.linkText")}
            type="url"
            placeholder="https://"
            value={place.meeting.link}
            error={error("meeting.link")}
            onChange={({ target }) => meeting({ link: target.value })}
          />
          <TextInput
            label={t("planning.provider")}
            value={place.meeting.provider}
            error={error("meeting.provider")}
            onChange={({ target }) => meeting({ provider: target.value })}
          />
          <TextInput
            label={t("planning.meetingId")}
            value={place.meeting.id}
            error={error("meeting.id")}
            onChange={({ target }) => meeting({ id: target.value })}
          />
          <TextInput
            label={t("planning.accessCode")}
            value={place.meeting.access_code}
            error={error("meeting.access_code")}
            onChange={({ target }) => meeting({ access_code: target.value })}
          />
        </fieldset>
      )}
    </div>
  );
}
