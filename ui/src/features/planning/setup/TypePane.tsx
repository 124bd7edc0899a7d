import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import {
  client,
  content,
  done,
  type EventDetails,
  ifMatch,
  type TicketType,
  type TicketTypeChange,
  useEvent,
  versioned,
} from "../../../api";
import { offerLastEdit } from "../../../api/lastEdit";
import { decimalsOf, formatMoney, formatSlot, joined, useSpeech } from "../../../locales";
import { callings, EditForm, problemOf, type Source } from "../../../shared/editing";
import { Refused, useSending } from "../../../shared/form";
import { Pane } from "../../../shared/Screen";
import { useRefusal } from "../../../shared/useRefusal";
import { type Surroundings, TypeFields } from "../fields/TypeFields";
import { minorOf, newType, type TypePlan, typeOf, wholeOf } from "../plan";
import styles from "./setup.module.css";
import { useHeld } from "./useHeld";

type Fields = Pick<TypePlan, "name" | "description" | "price" | "capacity" | "zones">;

const NAMES = callings([
  "name",
  "price_minor",
  "capacity",
  "zones",
  "description",
  "attendance",
  "days",
  "series_pass",
]);

function useSurroundings(): Surroundings {
  const { locale } = useSpeech();
  const { currency, kind, place, zones, sessions, time_zone } = useEvent();
  return {
    currency,
    kind,
    mode: place.mode,
    zones: zones.map(({ name }) => name),
    days: sessions
      .filter(({ status }) => status !== "cancelled")
      .map(({ title, starts_at, ends_at }) => title ?? formatSlot(locale, time_zone, starts_at, ends_at)),
  };
}

function fieldsOf(type: TicketType, event: EventDetails): Fields {
  const names = type.zones.map((id) => event.zones.find((zone) => zone.id === id)?.name);
  return {
    name: type.name,
    description: type.description,
    price: type.price_minor / 10 ** decimalsOf(event.currency),
    capacity: type.capacity ?? "",
    zones: names.filter((name) => name !== undefined),
  };
}

function changeOf({ price, capacity, ...rest }: Partial<Fields>, currency: string): TicketTypeChange {
  return {
    ...rest,
    ...(price === undefined ? {} : { price_minor: minorOf(price, currency) }),
    ...(capacity === undefined ? {} : { capacity: wholeOf(capacity) }),
  };
}

/** One ticket type, to be changed or removed. */
export function TypePane({ type, close }: { type: TicketType; close(): void }) {
  const { t, locale, count } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const surroundings = useSurroundings();
  const held = useHeld("tiers");
  const removing = useSending();
  const params = { path: { id: type.id } };
  const again = () => {
    void queries.invalidateQueries({ queryKey: ["event", event.id] });
    void queries.invalidateQueries({ queryKey: ["edited", "type"] });
  };
  const source: Source<Fields> = {
    async read() {
      const { body, version } = await versioned(client.GET("/api/ticket-types/{id}", { params }));
      return { body: fieldsOf(body, event), version };
    },
    async write(change, version) {
      const body = changeOf(change, event.currency);
      const headers = ifMatch(version);
      const saved = await versioned(client.PUT("/api/ticket-types/{id}", { params, body, headers }));
      return { body: fieldsOf(saved.body, event), version: saved.version };
    },
    saved() {
      void queries.invalidateQueries({ queryKey: ["event", event.id] });
      void offerLastEdit(event.id, "change ticket type", t("setup.typeSaved"), again);
    },
  };
  const remove = () =>
    removing.send(async () => {
      await done(client.DELETE("/api/ticket-types/{id}", { params }));
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
      void offerLastEdit(event.id, "delete ticket type", t("setup.typeRemoved", { name: type.name }), again);
      close();
    });
  return (
    <Pane title={type.name} under={t("setup.type")} close={close}>
      <Refused error={removing.error} />
      <EditForm
        key={type.id}
        name={["type", type.id]}
        label={t("setup.type")}
        source={source}
        held={held}
        note={t("setup.newPrice")}
        fields={NAMES}
        show={{
          name: { label: t("planning.typeName"), say: (name) => name },
          description: { label: t("planning.typeText"), say: (text) => text },
          price: {
            label: t("planning.price", { currency: event.currency }),
            say: (price) => formatMoney(locale, minorOf(price, event.currency), event.currency),
          },
          capacity: {
            label: t("planning.capacity"),
            say: (most) => (most === "" ? t("overview.unlimited") : count(Number(most))),
          },
          zones: { label: t("planning.opensZones"), say: (zones) => joined(zones, ", ") },
        }}
        tools={
          held === null && (
            <Button variant="default" color="red" loading={removing.busy} onClick={() => void remove()}>
              {t("setup.remove")}
            </Button>
          )
        }
      >
        {({ typed, of, change }) => (
          <TypeFields
            fixed
            type={{ ...newType(), ...typed }}
            surroundings={surroundings}
            error={of}
            onChange={({ name, description, price, capacity, zones }) =>
              change({ name, description, price, capacity, zones })
            }
          />
        )}
      </EditForm>
    </Pane>
  );
}

/** One more ticket type. */
export function NewTypePane({ close }: { close(): void }) {
  const { t } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const surroundings = useSurroundings();
  const sending = useSending();
  const say = useRefusal();
  const [type, setType] = useState(() => newType());
  const [request] = useState(() => crypto.randomUUID());
  const add = () =>
    sending.send(async () => {
      const params = { path: { id: event.id } };
      const headers = { "idempotency-key": request };
      const body = typeOf(type, { currency: event.currency, kind: event.kind, mode: event.place.mode });
      await content(client.POST("/api/events/{id}/ticket-types", { params, body, headers }));
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
      const again = () => void queries.invalidateQueries({ queryKey: ["event", event.id] });
      void offerLastEdit(event.id, "add ticket type", t("setup.typeAdded", { name: body.name }), again);
      close();
    });
  return (
    <Pane title={t("planning.addType")} close={close}>
      <form
        className={styles.form}
        noValidate
        aria-label={t("planning.addType")}
        onSubmit={(press) => {
          press.preventDefault();
          void add();
        }}
      >
        <Refused error={sending.error} fields={NAMES} />
        <TypeFields
          type={type}
          surroundings={surroundings}
          error={(field) => {
            const found = problemOf(sending.error, field);
            return found === undefined ? null : say(found);
          }}
          onChange={(next) => {
            sending.clear();
            setType(next);
          }}
        />
        <div className={styles.buttons}>
          <Button type="submit" loading={sending.busy}>
            {t("planning.addType")}
          </Button>
        </div>
      </form>
    </Pane>
  );
}
