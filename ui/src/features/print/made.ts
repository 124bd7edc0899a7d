/** What making a file told; which parts there are depends on the file. */
export interface Made {
  file: string;
  tickets?: number;
  pages?: number;
  files?: number;
  rows?: number;
  /** Size of a module of the code as printed, in millimetres. */
  module_mm?: number;
  warnings?: string[];
}

export const isMade = (result: unknown): result is Made =>
  typeof result === "object" && result !== null && "file" in result && typeof result.file === "string";
