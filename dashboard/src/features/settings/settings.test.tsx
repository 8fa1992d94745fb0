import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import type { Profile } from "@/api/types/users";
import { profileQuery } from "@/lib/shared-queries";
import { browserName } from "./browser-words";
import { KeysPart } from "./keys-part";
import { rolesFor } from "./roles";
import { WorkspacePart } from "./workspace-part";
import { YouPart } from "./you-part";

const profile: Profile = {
  id: "u1",
  email: "jo@example.com",
  display_name: "Jo",
  created_at: "2026-01-01T00:00:00Z",
  settings: { single_key_shortcuts: true, theme: "system", reduced_motion: false },
  workspace: {
    id: "w1",
    name: "Studio",
    role: "owner",
    settings: { no_self_approval: false, approval_ttl_hours: 72 },
  },
};

interface Sent {
  method: string;
  url: string;
  body: unknown;
}

function serve(answer: (sent: Sent) => { status: number; body: unknown }): Sent[] {
  const calls: Sent[] = [];
  globalThis.fetch = ((url: string, init: RequestInit) => {
    const text = typeof init.body === "string" ? init.body : "null";
    const sent = { method: init.method ?? "GET", url, body: JSON.parse(text) as unknown };
    calls.push(sent);
    const { status, body } = answer(sent);
    return Promise.resolve({
      ok: status < 400,
      status,
      headers: { get: () => null },
      text: () => Promise.resolve(JSON.stringify(body)),
      json: () => Promise.resolve(body),
    });
  }) as unknown as typeof fetch;
  return calls;
}

function show(content: ReactNode): QueryClient {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  client.setQueryData(profileQuery.queryKey, profile);
  render(<QueryClientProvider client={client}>{content}</QueryClientProvider>);
  return client;
}

test("a refused setting goes back to what it was", async () => {
  const calls = serve(() => ({ status: 503, body: { code: "database_unavailable", detail: "Away." } }));
  const client = show(<YouPart profile={profile} />);
  const shown: (boolean | undefined)[] = [];
  client.getQueryCache().subscribe(() => {
    shown.push(client.getQueryData(profileQuery.queryKey)?.settings.single_key_shortcuts);
  });
  await userEvent.click(screen.getByRole("switch", { name: /Single-key shortcuts/ }));
  await waitFor(() => expect(shown).toContain(false));
  await waitFor(() => expect(shown.at(-1)).toBe(true));
  expect(calls[0]).toMatchObject({
    method: "PUT",
    url: "/api/v1/users/settings",
    body: { single_key_shortcuts: false },
  });
});

test("two settings saved together do not undo each other", async () => {
  let answers = 0;
  serve(({ body }) => {
    answers += 1;
    // The first answer does not know of the second change yet.
    return { status: 200, body: { ...profile, settings: { ...profile.settings, ...(body as object) } } };
  });
  const client = show(<YouPart profile={profile} />);
  const shown: (boolean | undefined)[] = [];
  client.getQueryCache().subscribe(() => {
    shown.push(client.getQueryData(profileQuery.queryKey)?.settings.reduced_motion);
  });
  await Promise.all([
    userEvent.click(screen.getByRole("switch", { name: /Single-key/ })),
    userEvent.click(screen.getByRole("switch", { name: /Reduced motion/ })),
  ]);
  await waitFor(() => expect(answers).toBe(2));
  const since = shown.indexOf(true);
  expect(since).toBeGreaterThanOrEqual(0);
  expect(shown.slice(since)).not.toContain(false);
});

test("an expiry outside its range is not sent", async () => {
  const calls = serve(() => ({ status: 200, body: profile }));
  show(<WorkspacePart profile={profile} />);
  const hours = screen.getByLabelText("Proposals expire after (hours)");
  await userEvent.clear(hours);
  await userEvent.type(hours, "900");
  await userEvent.type(hours, "{Enter}");
  expect(await screen.findByText("A whole number of hours from 1 to 720.")).toBeInTheDocument();
  expect(calls).toEqual([]);
});

test("a viewer reads the workspace and cannot change it", () => {
  serve(() => ({ status: 200, body: profile }));
  show(<WorkspacePart profile={{ ...profile, workspace: { ...profile.workspace, role: "viewer" } }} />);
  expect(screen.getByRole("switch", { name: /No self-approval/ })).toBeDisabled();
  expect(screen.getByText(/Only owners and admins/)).toBeInTheDocument();
});

test("a new key is shown once, and not kept in any cache", async () => {
  const key = { id: "k1", name: "Script", prefix: "ssk_ab", created_at: "2026-01-01T00:00:00Z" };
  serve(({ method }) =>
    method === "POST"
      ? { status: 201, body: { ...key, key: "ssk_ab_secret" } }
      : { status: 200, body: { items: [], next_cursor: null } },
  );
  const client = show(<KeysPart />);
  await userEvent.type(screen.getByLabelText("Name"), "Script");
  await userEvent.click(screen.getByRole("button", { name: "Create key" }));
  expect(await screen.findByDisplayValue("ssk_ab_secret")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "Done" }));
  expect(screen.queryByDisplayValue("ssk_ab_secret")).toBeNull();
  const cached = JSON.stringify(
    client
      .getQueryCache()
      .getAll()
      .map((query) => query.state.data),
  );
  expect(cached).not.toContain("secret");
});

test("only an owner may make an owner", () => {
  expect(rolesFor("owner").map((role) => role.value)).toContain("owner");
  expect(rolesFor("admin").map((role) => role.value)).not.toContain("owner");
});

test("browsers are named as people name them", () => {
  expect(browserName("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36")).toBe("Chrome on Linux");
  expect(browserName("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0")).toBe(
    "Edge on Windows",
  );
  expect(
    browserName("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"),
  ).toBe("Safari on iOS");
  expect(browserName("curl/8.0")).toBe("curl/8.0");
  expect(browserName("")).toBe("Unknown browser");
});
