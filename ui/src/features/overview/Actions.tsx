import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client, content, done, type EventDetails, useEvent } from "../../api";
import { useAllowed } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { ReasonDialog } from "../../shared/form";
import { Icon } from "../../shared/Icon";
import { Problem } from "../../shared/problem";
import { DuplicateDialog } from "./DuplicateDialog";
import styles from "./Overview.module.css";
import { TemplateDialog } from "./TemplateDialog";

/** What can be done with the event as a whole, where it stands. */
export function Actions() {
  const { t } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const allowed = useAllowed();
  const [asked, ask] = useState<"cancel" | "duplicate" | "template" | null>(null);
  const [busy, setBusy] = useState(false);
  const params = { path: { id: event.id } };
  const close = () => ask(null);

  const take = async (changed: EventDetails) => {
    queries.setQueryData(["event", event.id], changed);
    await queries.invalidateQueries({ queryKey: ["events"] });
  };
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      notifications.show({ color: "red", message: error.message });
    } finally {
      setBusy(false);
    }
  };
  const publish = () =>
    attempt(async () => {
      await take(await content(client.POST("/api/events/{id}/publish", { params })));
      notifications.show({ message: t("actions.published", { title: event.title }) });
    });
  const complete = () =>
    attempt(async () => {
      await take(await content(client.POST("/api/events/{id}/complete", { params })));
      notifications.show({ message: t("actions.completed", { title: event.title }) });
    });
  const remove = () =>
    attempt(async () => {
      await done(client.DELETE("/api/events/{id}", { params }));
      await navigate({ to: "/" });
      await queries.invalidateQueries({ queryKey: ["events"] });
      notifications.show({ message: t("actions.deleted", { title: event.title }) });
    });
  const cancel = async (reason: string) => {
    const body = { reason };
    const { voided } = await content(client.POST("/api/events/{id}/cancel", { params, body }));
    await queries.invalidateQueries({ queryKey: ["event", event.id] });
    await queries.invalidateQueries({ queryKey: ["events"] });
    notifications.show({ message: t("actions.cancelled", { count: voided }) });
  };

  const may = allowed("plan_events");
  const over = event.stage === "over";
  const open = event.status === "draft" || event.status === "published";
  return (
    <div className={styles.actions}>
      {event.status === "draft" && !over && (
        <Button
          {...may}
          {...(event.lacking.length > 0 ? { disabled: true, title: t("lacking.first") } : {})}
          loading={busy}
          onClick={() => void publish()}
        >
          {t("actions.publish")}
        </Button>
      )}
      {open && over && (
        <Button {...may} loading={busy} onClick={() => void complete()}>
          {t("actions.complete")}
        </Button>
      )}
      <Menu position="bottom-end" width={232}>
        <Menu.Target>
          <Button variant="default" {...may} rightSection={<Icon name="down" />}>
            {t("actions.more")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => ask("duplicate")}>{t("actions.duplicate")}</Menu.Item>
          <Menu.Item onClick={() => ask("template")}>{t("actions.template")}</Menu.Item>
          {open && !over && (
            <Menu.Item color="red" onClick={() => ask("cancel")}>
              {t("actions.cancel")}
            </Menu.Item>
          )}
          {event.stage === "draft" && (
            <Menu.Item color="red" onClick={() => void remove()}>
              {t("actions.delete")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {asked === "duplicate" && <DuplicateDialog close={close} />}
      {asked === "template" && <TemplateDialog close={close} />}
      {asked === "cancel" && (
        <ReasonDialog
          title={t("actions.cancelTitle", { title: event.title })}
          text={t("actions.cancelText", { count: event.progress.tickets })}
          submit={t("actions.cancelSubmit")}
          act={cancel}
          close={close}
        />
      )}
    </div>
  );
}
