import { Button, Modal, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type Account, useMe } from "../../api";
import { askOffice } from "../../api/askOffice";
import { useAllowed } from "../../api/useAllowed";
import { formatDate, useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { usePlace } from "../../shared/place";
import { Screen } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { type Column, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { AddUser } from "./AddUser";
import { FirstAccount } from "./FirstAccount";
import { Sections } from "./Sections";
import { UserPane } from "./UserPane";

function useColumns(): Column<Account>[] {
  const { t, locale } = useSpeech();
  return useMemo(
    () => [
      {
        key: "name",
        title: t("guests.name"),
        track: "minmax(160px, 1.6fr)",
        fixed: true,
        order: (account) => account.name,
        show: (account) => <span className="clip strong">{account.name}</span>,
      },
      {
        key: "email",
        title: t("signIn.email"),
        track: "minmax(160px, 1.8fr)",
        order: (account) => account.email,
        show: (account) => <span className="clip">{account.email}</span>,
      },
      {
        key: "role",
        title: t("users.role"),
        track: "minmax(110px, 0.8fr)",
        order: (account) => t(`role.${account.role}`),
        show: (account) => <span className="clip">{t(`role.${account.role}`)}</span>,
      },
      {
        key: "status",
        title: t("users.status"),
        track: "minmax(130px, 0.8fr)",
        order: (account) => account.status,
        show: (account) => (
          <Status tone={account.status === "active" ? "good" : "bad"}>
            {t(`accountStatus.${account.status}`)}
          </Status>
        ),
      },
      {
        key: "since",
        title: t("users.sinceColumn"),
        track: "minmax(110px, 0.7fr)",
        spare: true,
        order: (account) => account.created_at,
        show: (account) => <time className="clip">{formatDate(locale, account.created_at)}</time>,
      },
    ],
    [t, locale],
  );
}

const NONE: Account[] = [];
const idOf = (account: Account) => account.id;

/** The accounts of this office. */
export function Users() {
  const { t, count } = useSpeech();
  const allowed = useAllowed()("manage_accounts");
  const me = useMe();
  const { open, settle } = usePlace();
  const [adding, setAdding] = useState(false);
  const result = useQuery(askOffice.users());
  const rows = result.data ?? NONE;
  const columns = useColumns();
  const list = useList({ name: "users", columns, rows, complete: result.isSuccess, idOf });
  const chosen = rows.find((account) => account.id === open);
  const close = () => setAdding(false);
  const add = (
    <Button {...allowed} onClick={() => setAdding(true)}>
      {t("users.add")}
    </Button>
  );
  return (
    <Screen
      title={t("settings.title")}
      counts={rows.length > 0 && t("users.count", { n: count(rows.length), count: rows.length })}
      tabs={<Sections />}
      tools={add}
      pane={
        chosen && (
          <UserPane
            key={`${chosen.id} ${chosen.name} ${chosen.role} ${chosen.status}`}
            account={chosen}
            close={() => settle({ open: null })}
          />
        )
      }
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={t("users.emptyTitle")} step={add}>
          {t("users.emptyText")}
        </Empty>
      ) : (
        <RowList
          label={t("settings.users")}
          list={list}
          total={result.isSuccess ? rows.length : null}
          open={open}
          onOpen={(id) => settle({ open: id })}
        />
      )}
      {adding && result.isSuccess && rows.length === 0 && (
        <Modal opened onClose={close} title={t("users.firstTitle")}>
          <Stack gap="md">
            <p className="quiet">{t("users.firstText")}</p>
            <FirstAccount done={close} />
          </Stack>
        </Modal>
      )}
      {adding && rows.length > 0 && (
        <AddUser second={rows.length === 1 && (me?.at_desk ?? false)} close={close} />
      )}
    </Screen>
  );
}
