/** A file that was dropped on one screen and is meant for another. */
let handed: File | null = null;

export function handFile(file: File): void {
  handed = file;
}

/** The file that was handed over, once. */
export function takeFile(): File | null {
  const file = handed;
  handed = null;
  return file;
}
