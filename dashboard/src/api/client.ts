import { ApiProblem, networkProblem, problemFrom } from "./problem";

/**
 * Fetches JSON from our own origin. Owns the one shared refresh after a 401 and the way out to the
 * sign-in page; knows no domain.
 */
export type QueryValue = string | number | boolean | null | undefined;
export type Query = Readonly<Record<string, QueryValue | readonly string[]>>;

export interface CallOptions {
  query?: Query | undefined;
  signal?: AbortSignal | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  /** A 401 is an answer here (sign-in), not a lapsed session. */
  noRefresh?: boolean | undefined;
}

export interface ClientDeps {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Runs one refresh at a time in the whole browser. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  /** When any tab last refreshed, in milliseconds since the epoch; 0 if never. */
  lastRefresh: () => number;
  noteRefresh: (at: number) => void;
  now: () => number;
  /** The session is over. */
  signedOut: () => void;
}

const BASE = "/api/v1";
const LAPSED = new Set(["access_expired", "unauthenticated"]);

export function urlOf(path: string, query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    if (typeof value === "object") for (const entry of value) params.append(name, entry);
    else params.append(name, String(value));
  }
  const tail = params.toString();
  return `${BASE}${path}${tail === "" ? "" : `?${tail}`}`;
}

export class ApiClient {
  readonly #deps: ClientDeps;
  #refreshing: Promise<boolean> | null = null;

  constructor(deps: ClientDeps) {
    this.#deps = deps;
  }

  /* The answer's type comes from the contract; the caller names it. */
  get<T>(path: string, options: CallOptions = {}): Promise<T> {
    return this.#json<T>("GET", path, undefined, options);
  }

  post<T>(path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    return this.#json<T>("POST", path, body, options);
  }

  put<T>(path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    return this.#json<T>("PUT", path, body, options);
  }

  delete<T>(path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    return this.#json<T>("DELETE", path, body, options);
  }

  async #json<T>(method: string, path: string, body: unknown, options: CallOptions): Promise<T> {
    const response = await this.#send(method, path, body, options);
    if (response.status === 204 || response.headers.get("content-length") === "0") return undefined as T;
    return (await response.json()) as T;
  }

  async #send(method: string, path: string, body: unknown, options: CallOptions): Promise<Response> {
    const startedAt = this.#deps.now();
    const first = await this.#fetch(method, path, body, options);
    if (first.ok) return first;
    const problem = await problemFrom(first);
    if (options.noRefresh === true || first.status !== 401 || !LAPSED.has(problem.code)) throw problem;
    if (!(await this.refresh(startedAt))) {
      this.#deps.signedOut();
      throw problem;
    }
    const second = await this.#fetch(method, path, body, options);
    if (second.ok) return second;
    const again = await problemFrom(second);
    if (second.status === 401) this.#deps.signedOut();
    throw again;
  }

  /**
   * True when the session is fresh afterwards. Callers that meet a 401 together share one request, and a
   * tab that waited for another tab's refresh does not send its own: refresh tokens rotate, so a second
   * use of the old one would look like theft. A network failure throws; it is not the end of a session.
   */
  refresh(since: number): Promise<boolean> {
    this.#refreshing ??= this.#deps
      .exclusively(() => this.#refreshOnce(since))
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  async #refreshOnce(since: number): Promise<boolean> {
    if (this.#deps.lastRefresh() >= since) return true;
    const response = await this.#fetch("POST", "/auth/refresh", undefined, {});
    if (response.ok) {
      this.#deps.noteRefresh(this.#deps.now());
      return true;
    }
    if (response.status === 401 || response.status === 403) return false;
    throw await problemFrom(response);
  }

  async #fetch(method: string, path: string, body: unknown, options: CallOptions): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json", ...options.headers };
    if (body !== undefined) headers["content-type"] = "application/json";
    const init: RequestInit = { method, headers, credentials: "same-origin" };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (options.signal !== undefined) init.signal = options.signal;
    try {
      return await this.#deps.fetch(urlOf(path, options.query), init);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      if (error instanceof ApiProblem) throw error;
      throw networkProblem();
    }
  }
}

const REFRESHED_AT = "socialseed.refreshed-at";
const PUBLIC_PAGES = ["/login/", "/register/"];

/** Loads the sign-in page, dropping everything in memory; `comeBack` leads back to where it was. */
export function leaveToLogin(comeBack = true): void {
  const here = window.location;
  if (PUBLIC_PAGES.includes(here.pathname)) return;
  const next = `${here.pathname}${here.search}`;
  here.assign(next === "/" || !comeBack ? "/login/" : `/login/?next=${encodeURIComponent(next)}`);
}

function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? work() : locks.request("socialseed.refresh", work);
}

export const api = new ApiClient({
  fetch: (url, init) => fetch(url, init),
  exclusively,
  lastRefresh: () => Number(localStorage.getItem(REFRESHED_AT) ?? 0),
  noteRefresh: (at) => localStorage.setItem(REFRESHED_AT, String(at)),
  now: () => Date.now(),
  signedOut: () => leaveToLogin(),
});
