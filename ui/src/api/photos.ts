import { queryOptions } from "@tanstack/react-query";
import { client, content, done } from "./client";
import type { components } from "./contract";
import { sendFile } from "./sendFile";

type Shapes = components["schemas"];

/** A picture of an event without its bytes. */
export type Photo = Shapes["PhotoAnswer"];

export const askPhotos = {
  /** The event's pictures, the cover first. */
  photos: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "photos"],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event } };
        return (await content(client.GET("/api/events/{id}/photos", { params, signal }))).items;
      },
    }),

  /** One picture; it is never exchanged, only removed. */
  photo: (id: string) =>
    queryOptions({
      queryKey: ["photo", id],
      queryFn: ({ signal }) => {
        const params = { path: { id } };
        return content(client.GET("/api/photos/{id}", { params, signal, parseAs: "blob" }));
      },
      staleTime: Number.POSITIVE_INFINITY,
    }),
};

/** Adds a picture to an event, as its last; `sent` hears which share of it has left. */
export function addPhoto(
  event: string,
  file: Blob,
  caption: string,
  sent: (share: number) => void,
): Promise<unknown> {
  const path = `/api/events/${event}/photos?caption=${encodeURIComponent(caption)}`;
  return sendFile("POST", path, file, { sent });
}

export const removePhoto = (id: string): Promise<void> =>
  done(client.DELETE("/api/photos/{id}", { params: { path: { id } } }));
