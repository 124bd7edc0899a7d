/** What one field of a form was refused for. */
export interface FieldProblem {
  field: string;
  code: string;
  message: string;
}

/** RFC 9457 problem details. */
export interface ProblemBody {
  type: string;
  title?: string;
  status: number;
  code: string;
  detail: string;
  errors?: FieldProblem[];
}

/** A refusal of the API, with its stable code and words for the person. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: readonly FieldProblem[];

  constructor(body: Pick<ProblemBody, "code" | "detail" | "status" | "errors">) {
    super(body.detail);
    this.name = "Problem";
    this.code = body.code;
    this.status = body.status;
    this.fields = body.errors ?? [];
  }

  /** Messages by field, as a form takes them. */
  byField(): Record<string, string> {
    return Object.fromEntries(this.fields.map(({ field, message }) => [field, message]));
  }
}

/** Whether `error` is a refusal with this code. */
export const isProblem = (error: unknown, code: string): error is Problem =>
  error instanceof Problem && error.code === code;
