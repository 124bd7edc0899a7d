import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useEvent } from "../../../../api";
import { askPhotos, type Photo, removePhoto } from "../../../../api/photos";
import { useSpeech } from "../../../../locales";
import { ConfirmDialog } from "../../../../shared/form";
import { Trouble } from "../../../../shared/Trouble";
import { usePicture } from "../../../../shared/usePicture";
import { useHeld } from "../useHeld";
import { AddPhotos } from "./AddPhotos";
import styles from "./photos.module.css";
import { missingPhotos } from "./waiting";

function Picture({ photo, alt }: { photo: Photo; alt: string }) {
  const { t } = useSpeech();
  const picture = useQuery(askPhotos.photo(photo.id));
  const address = usePicture(picture.data);
  return (
    <div className={styles.picture} aria-busy={address === null && !picture.isError}>
      {address !== null ? (
        <img src={address} alt={alt} />
      ) : (
        <span className="small">{t(picture.isError ? "photos.notShown" : "loading")}</span>
      )}
    </div>
  );
}

function Gallery({
  photos,
  held,
  remove,
}: {
  photos: readonly Photo[];
  held: boolean;
  remove(photo: Photo): void;
}) {
  const { t } = useSpeech();
  return (
    <ul className={styles.gallery} aria-label={t("photos.list")}>
      {photos.map((photo, index) => {
        const nth = t("photos.nth", { n: index + 1 });
        return (
          <li key={photo.id}>
            <Picture photo={photo} alt={photo.caption || nth} />
            {index === 0 && <span className={styles.cover}>{t("photos.cover")}</span>}
            <p className={photo.caption === "" ? "quiet" : ""}>{photo.caption || t("photos.noCaption")}</p>
            <div>
              <Button
                size="compact-sm"
                variant="subtle"
                disabled={held}
                aria-label={t("photos.removeOne", { what: photo.caption || nth })}
                onClick={() => remove(photo)}
              >
                {t("photos.remove")}
              </Button>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** The event's pictures; the first is its cover, and a public event shows at least three. */
export function Photos() {
  const { t } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const held = useHeld("words");
  const photos = useQuery(askPhotos.photos(event.id));
  const [removing, setRemoving] = useState<Photo | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  // What an event lacks hangs on its pictures.
  const changed = () => queries.invalidateQueries({ queryKey: ["event", event.id] });
  const remove = async (photo: Photo) => {
    await removePhoto(photo.id);
    queries.removeQueries({ queryKey: askPhotos.photo(photo.id).queryKey });
    await changed();
    notifications.show({ message: t("photos.removed") });
    // The button that was pressed is gone.
    title.current?.focus();
  };
  if (photos.data === undefined) {
    return photos.isError ? (
      <Trouble error={photos.error} retry={() => void photos.refetch()} />
    ) : (
      <p className="quiet">{t("loading")}</p>
    );
  }
  const missing = missingPhotos(photos.data.length);
  return (
    <div className={styles.part}>
      <div>
        <h2 ref={title} tabIndex={-1} className={styles.title}>
          {t("photos.title")}
        </h2>
        <p className="quiet">{held ?? t("photos.text")}</p>
      </div>
      {event.visibility === "public" && missing > 0 && (
        <p role="status">{t("photos.missing", { count: missing })}</p>
      )}
      {photos.data.length > 0 && (
        <Gallery photos={photos.data} held={held !== null} remove={setRemoving} />
      )}
      {held === null && <AddPhotos added={changed} />}
      {removing !== null && (
        <ConfirmDialog
          title={t("photos.removeTitle")}
          text={t(photos.data[0]?.id === removing.id ? "photos.removeCover" : "photos.removeText")}
          submit={t("photos.remove")}
          act={() => remove(removing)}
          close={() => setRemoving(null)}
        />
      )}
    </div>
  );
}
