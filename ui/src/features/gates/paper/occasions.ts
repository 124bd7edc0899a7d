/** What people on a paper list may have come to. */

/** They stand at the door now. */
export const NOW = "now";

interface Session {
  id: string;
  doors_at: number;
  starts_at: number;
  ends_at: number;
  status: string;
}

/**
 * The sessions that have begun, the newest first, and what is meant unless somebody says otherwise:
 * the one that ended last, or now, while one is on and before the first.
 */
export function occasionsOf<S extends Session>(sessions: readonly S[], now: number): { begun: S[]; usual: string } {
  const taking = sessions.filter(({ status }) => status !== "cancelled");
  const begun = taking.filter(({ starts_at }) => starts_at <= now).sort((a, b) => b.starts_at - a.starts_at);
  const on = taking.some(({ doors_at, ends_at }) => doors_at <= now && now < ends_at);
  const ended = begun.filter(({ ends_at }) => ends_at <= now).sort((a, b) => b.ends_at - a.ends_at);
  return { begun, usual: on ? NOW : (ended[0]?.id ?? NOW) };
}
