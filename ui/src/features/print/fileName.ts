/** A name under which a file of an event is kept: `winter-gala-tickets.pdf`. */
export function fileName(title: string, file: string): string {
  const event = title
    .toLocaleLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return event === "" ? file : `${event}-${file}`;
}
