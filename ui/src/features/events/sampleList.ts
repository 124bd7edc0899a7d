/** A guest list of invented people, for an office that wants to see before it plans. */

const FIRST = ["Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kofi", "Lumi"];
const LAST = ["Almgren", "Beaumont", "Cardoso", "Dahlke", "Eriksen", "Ferrante", "Gonzaga", "Hartvig", "Ionesco", "Jankauskas"];
const HOUSES = ["Lantern & Sons", "Tidewater Press", "Saltmarsh Foundation", "Northlight Studio"];

/** Guests on the list. */
export const SAMPLE_GUESTS = 60;

/** The list as CSV; `types` are the names of the plain and the better ticket type. */
export function sampleList(types: readonly [string, string]): string {
  const rows = Array.from({ length: SAMPLE_GUESTS }, (_, index) => {
    const first = FIRST[index % FIRST.length];
    const last = LAST[Math.floor(index / 3) % LAST.length];
    const house = index % 4 === 0 ? HOUSES[(index / 4) % HOUSES.length] : "";
    // Every tenth guest and the next two come as a family.
    const group = index % 10 < 3 ? `Family ${LAST[Math.floor(index / 10) % LAST.length]}` : "";
    const email = `${first}.${last}.${index + 1}@example.org`.toLowerCase();
    const seat = `Table ${Math.floor(index / 8) + 1} · Seat ${(index % 8) + 1}`;
    return [`${first} ${last}`, email, house, group, types[index % 6 === 0 ? 1 : 0], seat].join(",");
  });
  return ["Name,Email,Company,Group,Ticket type,Seat", ...rows].join("\r\n");
}
