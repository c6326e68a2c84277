/** A refusal of the API (RFC 9457), as an error that pages can catch, show and put at form fields. */
export interface FieldProblem {
  /** JSON pointer into what was sent: `/lines/0/quantity`. */
  pointer: string;
  code: string;
  detail: string;
}

export class ApiProblem extends Error {
  /** HTTP status; 0 when the server could not be reached. */
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly fields: FieldProblem[];

  constructor(status: number, code: string, title: string, detail = "", fields: FieldProblem[] = []) {
    super(detail || title);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.fields = fields;
  }
}

/** The problem that an answer tells; answers of proxies that are no problem documents become one. */
export async function problemOf(answer: Response): Promise<ApiProblem> {
  const told: unknown = await answer.json().catch(() => null);
  const document = isRecord(told) ? told : {};
  const fields = Array.isArray(document.errors) ? document.errors.filter(isRecord).map(fieldOf) : [];
  return new ApiProblem(
    answer.status,
    text(document.code) || `http_${answer.status}`,
    text(document.title) || answer.statusText || `HTTP ${answer.status}`,
    text(document.detail),
    fields,
  );
}

/** Whether an error is the API's refusal with this code. */
export const isProblem = (error: unknown, code?: string): error is ApiProblem =>
  error instanceof ApiProblem && (code === undefined || error.code === code);

const fieldOf = (given: Record<string, unknown>): FieldProblem => ({
  pointer: text(given.pointer),
  code: text(given.code),
  detail: text(given.detail) || text(given.message),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === "string" ? value : "");
