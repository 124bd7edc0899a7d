import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, useEvent } from "../../../api";
import { offerLastEdit } from "../../../api/lastEdit";
import { useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";
import { plannedTypes } from "./TypesPart";
import styles from "./setup.module.css";
import { useHeld } from "./useHeld";

/** Places inside the venue with their own entry, and which tickets open them. */
export function Zones() {
  const { t } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const held = useHeld("tiers");
  const sending = useSending();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const opening = (zone: string) =>
    plannedTypes(event.ticket_types)
      .filter(({ zones }) => zones.includes(zone))
      .map((type) => type.name)
      .join(", ");
  const add = () =>
    sending.send(async () => {
      const params = { path: { id: event.id } };
      const headers = { "idempotency-key": crypto.randomUUID() };
      const body = { name: name.trim(), description: description.trim() };
      await content(client.POST("/api/events/{id}/zones", { params, body, headers }));
      const again = () => void queries.invalidateQueries({ queryKey: ["event", event.id] });
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
      void offerLastEdit(event.id, "add zone", t("setup.zoneAdded", { name: body.name }), again);
      setName("");
      setDescription("");
    });
  return (
    <div className={styles.part}>
      <p className="quiet">{held ?? t("setup.zonesText")}</p>
      <ul className={styles.lines}>
        {event.zones.map((zone) => (
          <li key={zone.id} className={styles.line}>
            <span className="strong">{zone.name}</span>
            <span>{zone.description}</span>
            <span className="quiet small">{opening(zone.id) || t("setup.openedByNone")}</span>
          </li>
        ))}
      </ul>
      <form
        className={styles.inline}
        noValidate
        aria-label={t("setup.addZone")}
        onSubmit={(press) => {
          press.preventDefault();
          void add();
        }}
      >
        <Refused error={sending.error} fields={["name"]} />
        <TextInput
          label={t("setup.zoneName")}
          disabled={held !== null}
          value={name}
          error={sending.of("name")}
          onChange={({ target }) => setName(target.value)}
        />
        <TextInput
          label={t("setup.zoneDescription")}
          disabled={held !== null}
          value={description}
          onChange={({ target }) => setDescription(target.value)}
        />
        <Button
          type="submit"
          variant="default"
          disabled={held !== null || name.trim() === ""}
          loading={sending.busy}
        >
          {t("setup.addZone")}
        </Button>
      </form>
    </div>
  );
}
