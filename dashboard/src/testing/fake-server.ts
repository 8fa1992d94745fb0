/** Stands at the network's edge in tests: answers by method and path, and remembers what was asked. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

export type Answer = { status?: number; body: unknown } | Promise<{ status?: number; body: unknown }>;
export type Handler = (asked: Asked) => Answer;

export class FakeServer {
  readonly asked: Asked[] = [];
  readonly #routes: { method: string; pattern: RegExp; handler: Handler }[] = [];

  /** Later routes win. */
  on(method: string, pattern: RegExp, handler: Handler): this {
    this.#routes.unshift({ method, pattern, handler });
    return this;
  }

  /** The unsafe requests, as "POST /approvals/1/approve". */
  sent(): string[] {
    return this.asked.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  }

  install(): void {
    globalThis.fetch = ((url: string, init: RequestInit) => this.#answer(url, init)) as typeof fetch;
  }

  async #answer(url: string, init: RequestInit): Promise<Response> {
    const address = new URL(url, "http://localhost");
    const asked: Asked = {
      method: init.method ?? "GET",
      path: address.pathname.replace("/api/v1", ""),
      query: address.searchParams,
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
    };
    this.asked.push(asked);
    const route = this.#routes.find(
      ({ method, pattern }) => method === asked.method && pattern.test(asked.path),
    );
    const { status = 200, body } = (await route?.handler(asked)) ?? {
      status: 404,
      body: { code: "not_found", title: "Not found", detail: `Nothing at ${asked.path}.` },
    };
    return {
      ok: status < 400,
      status,
      headers: new Headers(),
      json: () => Promise.resolve(body),
      text: () => Promise.resolve(JSON.stringify(body)),
    } as Response;
  }
}

/** A refusal in the API's shape. */
export function refusal(status: number, code: string, detail = "Refused.") {
  return { status, body: { type: "about:blank", title: "Refused", status, code, detail } };
}
