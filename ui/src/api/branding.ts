import { queryOptions } from "@tanstack/react-query";
import { client, content } from "./client";
import type { components } from "./contract";
import { sendFile } from "./sendFile";

type Shapes = components["schemas"];

/** How an office's tickets and mail look. */
export type Branding = Shapes["BrandingAnswer"];
export type BrandingChange = Required<Shapes["Branding"]>;
export type BrandingLook = Pick<BrandingChange, "organizer" | "colour" | "font">;

const ROOT = ["branding"] as const;

export const askBranding = {
  root: ROOT,

  branding: () =>
    queryOptions({
      queryKey: [...ROOT, "kept"],
      queryFn: ({ signal }) => content(client.GET("/api/branding", { signal })),
    }),

  logo: () =>
    queryOptions({
      queryKey: [...ROOT, "logo"],
      queryFn: ({ signal }) => content(client.GET("/api/branding/logo", { signal, parseAs: "blob" })),
    }),

  /** A sample ticket as it would look, with the logo and the font that are kept. */
  preview: (look: BrandingLook) =>
    queryOptions({
      queryKey: [...ROOT, "preview", look],
      queryFn: ({ signal }) =>
        content(client.POST("/api/branding/preview", { body: look, signal, parseAs: "blob" })),
      staleTime: 60_000,
    }),
};

/** Gives the office a logo or a font of its own; bytes as they are. */
export const sendBrandFile = (what: "logo" | "font", file: File): Promise<unknown> =>
  sendFile("PUT", `/api/branding/${what}`, file, { type: file.type || "application/octet-stream" });

export function removeBrandFile(what: "logo" | "font"): Promise<Branding> {
  return content(
    what === "logo" ? client.DELETE("/api/branding/logo") : client.DELETE("/api/branding/font"),
  );
}
