/** A refusal by the API (RFC 9457), or by the network, in one typed error. */
export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
}

export interface ProblemBody {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  instance?: string;
  code: string;
  errors?: FieldProblem[];
}

export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldProblem[];
  /** Seconds to wait before another try, when the server said so. */
  readonly retryAfter: number | null;

  constructor(body: ProblemBody, retryAfter: number | null = null) {
    super(body.detail ?? body.title ?? body.code);
    this.name = "ApiProblem";
    this.status = body.status;
    this.code = body.code;
    this.title = body.title ?? "Request refused";
    this.detail = body.detail ?? body.title ?? "The server refused this request.";
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  /** The problem of one field, by JSON pointer: `fieldProblem("password")` finds `/password`. */
  fieldProblem(name: string): FieldProblem | undefined {
    return this.errors.find((entry) => entry.pointer === `/${name}` || entry.pointer.endsWith(`/${name}`));
  }
}

/** No answer came back: the device is offline or the server cannot be reached. */
export function networkProblem(): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: "network_unreachable",
    title: "No connection",
    detail: "SocialSeed could not be reached.",
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((entry) => ({
    pointer: text(entry["pointer"]) ?? "",
    code: text(entry["code"]) ?? "invalid",
    detail: text(entry["detail"]) ?? "Not valid.",
  }));
}

/** Reads a refusal. A body that is not problem+json still yields a problem, with code `http_<status>`. */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  let raw: unknown = null;
  try {
    raw = JSON.parse(await response.text());
  } catch {
    raw = null;
  }
  const body = isRecord(raw) ? raw : {};
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const detail = text(body["detail"]);
  const title = text(body["title"]);
  return new ApiProblem(
    {
      status: response.status,
      code: text(body["code"]) ?? `http_${response.status}`,
      errors: fieldProblems(body["errors"]),
      ...(title === undefined ? {} : { title }),
      ...(detail === undefined ? {} : { detail }),
    },
    Number.isFinite(seconds) ? seconds : null,
  );
}

/** Any thrown value as a problem, so that an error state always has a code to show. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : "Something in this page failed.";
  return new ApiProblem({ status: 0, code: "page_failed", title: "This page failed", detail });
}
