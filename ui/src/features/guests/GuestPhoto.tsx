import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEvent } from "../../api";
import { askGuestPhoto, removeGuestPhoto, setGuestPhoto } from "../../api/askGuests";
import { useAllowed } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";
import { Refused, useSending } from "../../shared/form";
import { usePicture } from "../../shared/usePicture";
import styles from "./guests.module.css";

/** A guest's picture, as staff at the door see it, and ways to give or remove it. */
export function GuestPhoto({ id, name }: { id: string; name: string }) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()("edit_guests");
  const asked = askGuestPhoto(event.id, id);
  const photo = useQuery(asked);
  const address = usePicture(photo.data ?? undefined);
  const sending = useSending();
  const again = () => queries.invalidateQueries({ queryKey: asked.queryKey });
  const give = () =>
    sending.send(async () => {
      const file = await platform().pickFile({ name: t("guestPhoto.kinds"), endings: ["jpg", "jpeg", "png"] });
      if (file === null) return;
      await setGuestPhoto(id, file);
      await again();
    });
  const remove = () =>
    sending.send(async () => {
      await removeGuestPhoto(id);
      await again();
    });
  return (
    <div className={styles.photo}>
      {address !== null && <img src={address} alt={t("guestPhoto.of", { name })} />}
      <div className={styles.actions}>
        <Button size="compact-sm" variant="default" loading={sending.busy} {...allowed} onClick={() => void give()}>
          {t(address === null ? "guestPhoto.add" : "guestPhoto.replace")}
        </Button>
        {address !== null && (
          <Button size="compact-sm" variant="default" {...allowed} onClick={() => void remove()}>
            {t("guestPhoto.remove")}
          </Button>
        )}
      </div>
      <Refused error={sending.error} fields={[]} />
    </div>
  );
}
