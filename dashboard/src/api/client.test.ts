import { ApiClient, urlOf, type ClientDeps } from "./client";
import { ApiProblem } from "./problem";

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

function response({ status, body, headers = {} }: Answer): Response {
  const text = body === undefined ? "" : JSON.stringify(body);
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name: string) => headers[name] ?? null },
    text: () => Promise.resolve(text),
    json: () => Promise.resolve(body),
  } as unknown as Response;
}

const lapsed: Answer = { status: 401, body: { code: "access_expired", status: 401, title: "Expired" } };

function setUp(serve: (method: string, url: string, count: number) => Answer | Error) {
  const calls: string[] = [];
  let clock = 1000;
  let refreshedAt = 0;
  let signedOut = 0;
  const deps: ClientDeps = {
    fetch: (url, init) => {
      const method = init.method ?? "GET";
      calls.push(`${method} ${url}`);
      const count = calls.filter((call) => call === `${method} ${url}`).length;
      const answer = serve(method, url, count);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(response(answer));
    },
    exclusively: (work) => work(),
    lastRefresh: () => refreshedAt,
    noteRefresh: (at) => {
      refreshedAt = at;
    },
    now: () => (clock += 1),
    signedOut: () => {
      signedOut += 1;
    },
  };
  return {
    client: new ApiClient(deps),
    calls,
    outs: () => signedOut,
    otherTabRefreshes: () => {
      refreshedAt = clock + 100;
    },
  };
}

const refreshCalls = (calls: string[]) => calls.filter((call) => call.endsWith("/auth/refresh")).length;

test("leaves empty values out of the address", () => {
  expect(urlOf("/x", { light: "red", q: "", cursor: null, limit: 5 })).toBe("/api/v1/x?light=red&limit=5");
});

test("requests that meet a 401 together share one refresh and are each sent again", async () => {
  const { client, calls, outs } = setUp((_method, url, count) => {
    if (url.endsWith("/auth/refresh")) return { status: 200, body: {} };
    return count === 1 ? lapsed : { status: 200, body: { url } };
  });
  const answers = await Promise.all([client.get("/a"), client.get("/b"), client.get("/c")]);
  expect(answers).toEqual([{ url: "/api/v1/a" }, { url: "/api/v1/b" }, { url: "/api/v1/c" }]);
  expect(refreshCalls(calls)).toBe(1);
  expect(outs()).toBe(0);
});

test("does not refresh again when another tab has done so since", async () => {
  const { client, calls, otherTabRefreshes } = setUp((_method, _url, count) => {
    if (count > 1) return { status: 200, body: "fine" };
    otherTabRefreshes();
    return lapsed;
  });
  await expect(client.get("/a")).resolves.toBe("fine");
  expect(refreshCalls(calls)).toBe(0);
});

test("signs out when the refresh is refused", async () => {
  const { client, outs } = setUp(() => lapsed);
  await expect(client.get("/a")).rejects.toMatchObject({ code: "access_expired", status: 401 });
  expect(outs()).toBe(1);
});

test("keeps the session when the refresh only failed to arrive", async () => {
  const { client, outs } = setUp((_method, url) =>
    url.endsWith("/auth/refresh") ? new TypeError("failed") : lapsed,
  );
  await expect(client.get("/a")).rejects.toMatchObject({ code: "network_unreachable" });
  expect(outs()).toBe(0);
});

test("a wrong password is an answer, not a lapsed session", async () => {
  const { client, calls, outs } = setUp(() => ({ status: 401, body: { code: "bad_credentials" } }));
  await expect(client.post("/auth/login", {}, { noRefresh: true })).rejects.toBeInstanceOf(ApiProblem);
  expect(refreshCalls(calls)).toBe(0);
  expect(outs()).toBe(0);
});

test("reads code, fields and the wait out of a problem", async () => {
  const { client } = setUp(() => ({
    status: 422,
    headers: { "retry-after": "30" },
    body: {
      code: "weak_password",
      detail: "Too short",
      errors: [{ pointer: "/password", code: "short", detail: "15" }],
    },
  }));
  const problem = await client.post("/x").catch((error: unknown) => error as ApiProblem);
  expect(problem).toMatchObject({ code: "weak_password", detail: "Too short", retryAfter: 30 });
  expect((problem as ApiProblem).fieldProblem("password")?.code).toBe("short");
});

test("a refusal without a JSON body still has a code", async () => {
  const { client } = setUp(() => ({ status: 502 }));
  await expect(client.get("/x")).rejects.toMatchObject({ code: "http_502" });
});
