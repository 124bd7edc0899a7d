import { Modal, NumberInput, Stack, Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api";
import { askNetwork, type Network, setNetwork } from "../../../api/network";
import { useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { ConfirmDialog, Refused, useSending } from "../../../shared/form";
import { isProblem } from "../../../shared/problem";
import { FirstAccount } from "../FirstAccount";
import styles from "./network.module.css";

const LAST_PORT = 65_535;

/** Lets other machines in, or no more. */
export function NetworkSwitch({ network: { on, port } }: { network: Network }) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()("manage_workspace");
  const health = useQuery(ask.health());
  const sending = useSending();
  const [typed, type] = useState<number | string>(port);
  const [asking, askFor] = useState<"account" | "end" | null>(null);
  const put = async (wanted: boolean) => {
    const body = wanted ? { on: true, port: Number(typed) } : { on: false };
    queries.setQueryData(askNetwork.network().queryKey, await setNetwork(body));
    notifications.show({ message: t(wanted ? "network.opened" : "network.closed") });
  };
  const open = async () => {
    await sending.send(async () => {
      try {
        await put(true);
      } catch (error) {
        // Somebody may have removed the last account since the page asked.
        if (!isProblem(error, "account_needed")) throw error;
        askFor("account");
      }
    });
  };
  const turn = (wanted: boolean) => {
    sending.clear();
    if (!wanted) askFor("end");
    else if (health.data?.accounts === false) askFor("account");
    else void open();
  };
  const taken = isProblem(sending.error, "port_taken");
  const whole = typeof typed === "number" && typed >= 1 && typed <= LAST_PORT;
  const close = () => askFor(null);
  return (
    <div className={styles.part}>
      {!taken && <Refused error={sending.error} fields={["port"]} />}
      <Switch
        label={t("network.letIn")}
        description={t(on ? "network.on" : "network.off")}
        checked={on}
        disabled={allowed.disabled || sending.busy || (!on && !whole)}
        onChange={({ target }) => turn(target.checked)}
      />
      {allowed.disabled && <p className="quiet small">{allowed.title}</p>}
      {!on && (
        <NumberInput
          className={styles.port}
          label={t("network.port")}
          description={t("network.portText")}
          min={1}
          max={LAST_PORT}
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="none"
          hideControls
          thousandSeparator={false}
          disabled={allowed.disabled}
          value={typed}
          error={
            taken
              ? t("refused.portTaken")
              : (sending.of("port") ?? (whole ? null : t("refused.portInvalid")))
          }
          onChange={(next) => {
            sending.clear();
            type(next);
          }}
        />
      )}
      {asking === "account" && (
        <Modal opened onClose={close} title={t("network.accountTitle")}>
          <Stack gap="md">
            <p className="quiet">{t("network.accountText")}</p>
            <FirstAccount
              done={() => {
                close();
                void open();
              }}
            />
          </Stack>
        </Modal>
      )}
      {asking === "end" && (
        <ConfirmDialog
          title={t("network.close")}
          text={t("network.closeText")}
          submit={t("network.close")}
          act={() => put(false)}
          close={close}
        />
      )}
    </div>
  );
}
