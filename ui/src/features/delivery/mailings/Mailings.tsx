import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useEvent } from "../../../api";
import { askDelivery } from "../../../api/askDelivery";
import type { Mailing } from "../../../api/deliveryTypes";
import { formatShortMoment, useSpeech } from "../../../locales";
import { Empty } from "../../../shared/Empty";
import { usePlace } from "../../../shared/place";
import { Screen } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import { type Column, RowList, useList } from "../../../shared/table";
import { Trouble } from "../../../shared/Trouble";
import styles from "../delivery.module.css";
import { DeliveryTabs } from "../DeliveryTabs";
import { Standing } from "../Standing";
import { MailingPane } from "./MailingPane";
import { NewMailingLink } from "./NewMailingLink";
import { Progress } from "./Progress";
import { MAILING_TONE } from "./tones";

const groupOf = ({ audience }: Mailing) => audience.group ?? "all";

function useColumns(): Column<Mailing>[] {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  return useMemo(
    () => [
      {
        key: "about",
        title: t("delivery.about"),
        track: "minmax(140px, 1.4fr)",
        fixed: true,
        order: (mailing) => t(`messageKind.${mailing.kind}`),
        show: (mailing) => <span className="clip strong">{t(`messageKind.${mailing.kind}`)}</span>,
      },
      {
        key: "whom",
        title: t("delivery.to"),
        track: "minmax(130px, 1.2fr)",
        spare: true,
        order: (mailing) => t(`audience.${groupOf(mailing)}`),
        show: (mailing) => <span className="clip">{t(`audience.${groupOf(mailing)}`)}</span>,
      },
      {
        key: "when",
        title: t("delivery.when"),
        track: "minmax(120px, 1fr)",
        order: (mailing) => mailing.due_at,
        show: (mailing) => <time className="clip">{formatShortMoment(locale, time_zone, mailing.due_at)}</time>,
      },
      {
        key: "progress",
        title: t("mailing.left"),
        track: "minmax(150px, 1.4fr)",
        show: (mailing) => <Progress mailing={mailing} />,
      },
      {
        key: "status",
        title: t("tickets.status"),
        track: "minmax(130px, 0.9fr)",
        order: (mailing) => t(`mailingStatus.${mailing.status}`),
        show: (mailing) => <Status tone={MAILING_TONE[mailing.status]}>{t(`mailingStatus.${mailing.status}`)}</Status>,
      },
    ],
    [t, locale, time_zone],
  );
}

const NONE: Mailing[] = [];
const idOf = (mailing: Mailing) => mailing.id;

/** One message to many, each with how far it is. */
export function Mailings() {
  const event = useEvent();
  const { t } = useSpeech();
  const { open, settle } = usePlace();
  const read = useQuery(askDelivery.mailings(event.id));
  const rows = read.data ?? NONE;
  const columns = useColumns();
  const list = useList({ name: "mailings", columns, rows, complete: read.isSuccess, idOf });
  const chosen = rows.find(({ id }) => id === open);
  return (
    <Screen
      title={t("place.delivery")}
      counts={rows.length > 0 && t("mailing.count", { count: rows.length })}
      tabs={<DeliveryTabs section="mailings" />}
      tools={rows.length > 0 && <NewMailingLink />}
      pane={chosen && <MailingPane key={chosen.id} mailing={chosen} close={() => settle({ open: null })} />}
    >
      <div className={styles.over}>
        <Standing />
        <div className={styles.rest}>
          {read.isError && rows.length === 0 ? (
            <Trouble error={read.error} retry={() => void read.refetch()} />
          ) : read.isSuccess && rows.length === 0 ? (
            <Empty title={t("mailing.emptyTitle")} step={<NewMailingLink />}>
              {t("mailing.emptyText")}
            </Empty>
          ) : (
            <RowList
              label={t("delivery.section.mailings")}
              list={list}
              total={read.isSuccess ? rows.length : null}
              open={open}
              onOpen={(id) => settle({ open: id })}
            />
          )}
        </div>
      </div>
    </Screen>
  );
}
