import { Button, Group, Modal, Select, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";
import { useSending } from "../../shared/form";

/** Chooses one of this machine's printers, and sends a file to it. */
export function PrinterDialog({
  print,
  close,
}: {
  /** Makes the file and prints it there; without a printer, a program that prints it shows it. */
  print(printer: string | null): Promise<boolean>;
  close(): void;
}) {
  const { t } = useSpeech();
  const printers = useQuery({
    queryKey: ["printers"],
    queryFn: () => platform().printers(),
    // Where the system can't tell, there is none to choose.
    retry: false,
    gcTime: 0,
  });
  const known = printers.data ?? [];
  const [wanted, want] = useState<string | null>(null);
  const usual = known.find(({ is_default }) => is_default) ?? known[0];
  const chosen = wanted ?? usual?.name ?? null;
  const sending = useSending();
  const submit = () =>
    sending.send(async () => {
      const done = await print(chosen);
      // What was refused stands on the page.
      close();
      if (done && chosen !== null) notifications.show({ message: t("printing.sent", { printer: chosen }) });
    });
  return (
    <Modal opened onClose={close} title={t("printing.title")}>
      <Stack gap="md">
        {printers.isPending ? (
          <p role="status">{t("loading")}</p>
        ) : known.length === 0 ? (
          <p>{t("printing.none")}</p>
        ) : (
          <>
            <Select
              label={t("printing.printer")}
              allowDeselect={false}
              data-autofocus
              data={known.map(({ name }) => name)}
              value={chosen}
              onChange={want}
            />
            <p className="quiet">{t("print.previewText")}</p>
          </>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            {t("cancel")}
          </Button>
          <Button
            loading={sending.busy}
            disabled={printers.isPending}
            onClick={() => void submit()}
          >
            {t(printers.isSuccess && known.length === 0 ? "printing.elsewhere" : "printing.submit")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
