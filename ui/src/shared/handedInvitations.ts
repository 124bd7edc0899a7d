/** Invitations that were chosen on one screen and are meant for another. */
let handed: readonly string[] = [];

export function handInvitations(invitations: readonly string[]): void {
  handed = invitations;
}

/** The ids of those that were handed over, once. */
export function takeInvitations(): readonly string[] {
  const invitations = handed;
  handed = [];
  return invitations;
}
