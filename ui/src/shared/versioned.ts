/** What was read, with the version to write it back by. */
export interface Versioned<T> {
  body: T;
  /** The answer's `ETag`; given back as `If-Match`. */
  version: string | null;
}
