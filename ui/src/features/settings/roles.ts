import { type Role, useMe } from "../../api";

/** From the one who may do everything to the one who sees their own tickets. */
export const ROLES = [
  "super_admin",
  "admin",
  "organizer",
  "staff",
  "viewer",
  "guest",
] as const satisfies readonly Role[];

/** The roles that the reader may give: nobody makes an account above their own. */
export function useRoles(): readonly Role[] {
  const me = useMe();
  return me?.account.role === "super_admin" ? ROLES : ROLES.filter((role) => role !== "super_admin");
}
