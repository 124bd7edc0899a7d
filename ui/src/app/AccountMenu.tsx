import { Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { ask, session, useMe } from "../api";
import { useSpeech } from "../locales";
import { Icon } from "../shared/Icon";
import styles from "./Frame.module.css";

const ProtectDialog = lazy(async () => ({
  default: (await import("./ProtectDialog")).ProtectDialog,
}));

/** Who is at work, and the way out where there is a way back in. */
export function AccountMenu() {
  const { t } = useSpeech();
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const health = useQuery(ask.health());
  const [protecting, protect] = useState(false);
  if (me === null) return null;
  const { account, at_desk } = me;

  const signOut = async () => {
    try {
      await session.signOut();
    } catch (error) {
      notifications.show({ color: "red", message: String(error) });
      return;
    }
    await navigate({ to: "/sign-in" });
    queries.clear();
  };

  return (
    <>
      <Menu position="top-start" width={232} offset={4}>
        <Menu.Target>
          <button
            type="button"
            className={styles.account}
            aria-label={`${t("frame.account")}: ${account.name}`}
          >
            <Icon name="account" />
            <span className="clip">{account.name}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown className={styles.menu}>
          <Menu.Label>
            <span className="clip">{account.email}</span>
            {t(`role.${account.role}`)}
          </Menu.Label>
          {at_desk && health.data?.accounts === false && (
            <Menu.Item onClick={() => protect(true)}>{t("protect.offer")}</Menu.Item>
          )}
          {!at_desk && (
            <Menu.Item onClick={() => void signOut()}>{t("frame.signOut")}</Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Suspense fallback={null}>
        {protecting && <ProtectDialog close={() => protect(false)} />}
      </Suspense>
    </>
  );
}
