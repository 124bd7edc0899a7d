import { queryOptions } from "@tanstack/react-query";
import { client, content } from "./client";
import type { components } from "./contract";
import { saveAnswer } from "./saveAnswer";

type Shapes = components["schemas"];

/** The office on the network: whether other machines come, and where. */
export type Network = Shapes["NetworkAnswer"];
export type NetworkWanted = Shapes["NetworkWanted"];

export const askNetwork = {
  network: () =>
    queryOptions({
      queryKey: ["network"],
      queryFn: ({ signal }) => content(client.GET("/api/network", { signal })),
      // A machine that is carried to another room gets another address there.
      refetchInterval: 15_000,
    }),
};

/** Lets other machines in, or no more. */
export const setNetwork = (wanted: NetworkWanted): Promise<Network> =>
  content(client.PUT("/api/network", { body: wanted }));

/** Keeps the certificate that other devices are told to trust, as PEM. */
export const keepAuthority = (name: string): Promise<void> =>
  saveAnswer(client.GET("/api/network/authority", { parseAs: "stream" }), name);
