import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { RuleForm } from "./rule-form";

const push = jest.fn();
jest.mock("next/navigation", () => ({ useRouter: () => ({ push }) }));

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
    const { status, body } = url.includes("/accounts")
      ? { status: 200, body: { items: [], next_cursor: null } }
      : answer(sent);
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

function show() {
  const onClose = jest.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <RuleForm rule={null} onClose={onClose} />
    </QueryClientProvider>,
  );
  return onClose;
}

async function fill() {
  await userEvent.type(screen.getByLabelText("Name"), "CI people");
  await userEvent.type(screen.getByLabelText("Keywords"), "flaky tests, ci");
  await userEvent.click(screen.getByLabelText("Reply"));
}

test("an empty form is not sent, and each missing part says so", async () => {
  const calls = serve(() => ({ status: 201, body: {} }));
  show();
  await userEvent.click(screen.getByRole("button", { name: "Add rule" }));
  expect(await screen.findByText("Give the rule a name.")).toBeInTheDocument();
  expect(screen.getByText("Choose at least one action.")).toBeInTheDocument();
  expect(calls.filter((call) => call.method === "POST")).toEqual([]);
});

test("a filled form is sent as the API takes it, and leads to the new rule", async () => {
  const calls = serve(() => ({ status: 201, body: { id: "r1" } }));
  const onClose = show();
  await fill();
  await userEvent.click(screen.getByRole("button", { name: "Add rule" }));
  await screen.findByRole("button", { name: "Add rule" });
  const sent = calls.find((call) => call.method === "POST");
  expect(sent?.url).toBe("/api/v1/targeting");
  expect(sent?.body).toEqual({
    name: "CI people",
    platform: "tiktok",
    account_id: null,
    keywords: ["flaky tests", "ci"],
    handles: [],
    action_types: ["reply"],
    daily_budget: 20,
    min_followers: null,
    max_followers: null,
    text_template: null,
    is_active: true,
  });
  expect(onClose).toHaveBeenCalled();
  expect(push).toHaveBeenCalledWith("/targeting/detail/?id=r1");
});

test("a refusal stands beside its field and keeps what was typed", async () => {
  serve(() => ({
    status: 422,
    body: {
      code: "invalid",
      detail: "No.",
      errors: [{ pointer: "/daily_budget", code: "x", detail: "At most 5." }],
    },
  }));
  const onClose = show();
  await fill();
  await userEvent.click(screen.getByRole("button", { name: "Add rule" }));
  expect(await screen.findByText("At most 5.")).toBeInTheDocument();
  expect(screen.getByLabelText("Name")).toHaveValue("CI people");
  expect(onClose).not.toHaveBeenCalled();
});

test("fewer at most than at least is refused before sending", async () => {
  const calls = serve(() => ({ status: 201, body: {} }));
  show();
  await fill();
  await userEvent.type(screen.getByLabelText("Fewest followers"), "500");
  await userEvent.type(screen.getByLabelText("Most followers"), "50");
  await userEvent.click(screen.getByRole("button", { name: "Add rule" }));
  expect(await screen.findByText("Not below the fewest.")).toBeInTheDocument();
  expect(calls.some((call) => call.method === "POST")).toBe(false);
});
