import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Action } from "@/api/types/actions";
import { aDetail, anAction } from "@/testing/actions";
import { FakeServer, refusal } from "@/testing/fake-server";
import { renderPage } from "@/testing/page";
import { ApprovalsBody } from "./approvals-body";

const SUMMARY = {
  green: 2,
  yellow: 1,
  red: 1,
  total: 4,
  oldest_at: null,
  decided_today: 0,
  median_decision_seconds: null,
  tasks_open: 0,
  deferred: 0,
};

const ATTENTION = {
  minutes_a_day: 20,
  minutes_used: 3,
  minutes_planned: 4.2,
  planned: 4,
  deferred: 2,
  seconds_each: [],
};

let server: FakeServer;
let run = 0;

function waiting(): Action[] {
  // Drafts outlive a page, so each test has its own actions.
  run += 1;
  const at = (minute: number) => `2026-01-01T00:0${minute}:00Z`;
  return [
    anAction(`${run}-g1`, { created_at: at(1) }),
    anAction(`${run}-g2`, { created_at: at(2) }),
    anAction(`${run}-y`, { light: "yellow", created_at: at(3) }),
    anAction(`${run}-r`, { light: "red", created_at: at(4) }),
  ];
}

async function open() {
  const rows = waiting();
  server = new FakeServer()
    .on("GET", /^\/approvals\/summary$/u, () => ({ body: SUMMARY }))
    .on("GET", /^\/users\/profile$/u, () => ({ body: { workspace: { role: "owner" } } }))
    .on("GET", /^\/approvals\/pending$/u, () => ({ body: { items: rows, next_cursor: null } }))
    .on("GET", /^\/actions\//u, ({ path }) => {
      const row = rows.find((entry) => path.endsWith(entry.id));
      return row === undefined ? refusal(404, "not_found") : { body: aDetail(row) };
    })
    .on("GET", /^\/approvals\/attention$/u, () => ({ body: ATTENTION }))
    .on("POST", /^\/approvals\/[^/]+\/open$/u, () => ({ status: 204, body: undefined }))
    .on("POST", /^\/approvals\/bulk$/u, ({ body }) => ({
      body: {
        results: (body as { ids: string[] }).ids.map((id) => ({ id, ok: true, status: null, problem: null })),
      },
    }))
    .on("POST", /^\/approvals\/[^/]+\/(approve|reject|snooze|undo)$/u, ({ path }) => ({
      body: rows.find((row) => path.includes(row.id)),
    }));
  server.install();
  const user = userEvent.setup();
  renderPage(<ApprovalsBody />);
  await screen.findByTestId("detail");
  return { user, rows, ids: rows.map((row) => row.id) };
}

/** What was sent besides what only measures. */
const decided = () => server.sent().filter((line) => !line.endsWith("/open"));
const shownIds = () => screen.getAllByTestId("queue-row").map((row) => row.dataset["id"]);
const currentId = () => screen.getByTestId("detail").dataset["id"];

beforeEach(() => window.history.replaceState(null, "", "/approvals/"));

test("A approves what is shown, by its hash, and moves to the next", async () => {
  const { user, ids } = await open();
  await user.keyboard("a");
  expect(currentId()).toBe(ids[1]);
  expect(shownIds()).not.toContain(ids[0]);
  await waitFor(() => expect(decided()).toEqual([`POST /approvals/${ids[0]}/approve`]));
  expect(
    server.asked.at(-1)?.body ??
      server.asked.find(({ method, path }) => method === "POST" && !path.endsWith("/open"))?.body,
  ).toEqual({
    content_hash: `hash-${ids[0]}`,
  });
});

test("typing fast right after E loses no letter and decides nothing", async () => {
  const { user, ids } = await open();
  await user.keyboard("e as rush, jkxsu? /AUX");
  expect(screen.getByTestId("draft")).toHaveValue(`Words of ${ids[0]} as rush, jkxsu? /AUX`);
  expect(currentId()).toBe(ids[0]);
  expect(decided()).toEqual([]);
});

test("while an edit is open no single key acts, even when the focus has left the field", async () => {
  const { user, ids } = await open();
  await user.keyboard("e");
  screen.getByTestId("draft").blur();
  await user.keyboard("ajrsx");
  expect(currentId()).toBe(ids[0]);
  expect(decided()).toEqual([]);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

test("a search takes its letters and approves nothing", async () => {
  const { user } = await open();
  await user.keyboard("/aaa");
  expect(screen.getByRole("searchbox")).toHaveValue("aaa");
  expect(decided()).toEqual([]);
});

test("the primary button follows the state", async () => {
  const { user } = await open();
  expect(screen.getByTestId("approve")).toHaveTextContent("Approve");
  await user.keyboard("e!");
  expect(screen.getByTestId("approve")).toHaveTextContent("Approve edited");
  await user.keyboard("{Escape}jjj");
  expect(screen.getByTestId("approve")).toHaveTextContent("Approve anyway");
});

test("Mod+Enter approves the edited text; a refusal keeps every letter and shows its code", async () => {
  const { user, ids } = await open();
  server.on("POST", /approve$/u, () => refusal(409, "content_changed", "The content changed."));
  await user.keyboard("e, dearly{Control>}{Enter}{/Control}");
  const note = await within(screen.getByTestId("detail")).findByRole("alert");
  expect(note).toHaveTextContent("content_changed");
  expect(note).toHaveTextContent("read it and decide again");
  expect(screen.getByTestId("draft")).toHaveValue(`Words of ${ids[0]}, dearly`);
  expect(server.asked.find(({ method, path }) => method === "POST" && !path.endsWith("/open"))?.body).toEqual(
    {
      content_hash: `hash-${ids[0]}`,
      edits: { text: `Words of ${ids[0]}, dearly` },
    },
  );
});

test("Escape discards the edit and gives the original back", async () => {
  const { user, ids } = await open();
  await user.keyboard("e nonsense{Escape}");
  expect(screen.getByTestId("draft-text")).toHaveTextContent(`Words of ${ids[0]}`);
  expect(screen.queryByTestId("draft")).not.toBeInTheDocument();
});

test("text over the limit cannot be approved", async () => {
  const { user } = await open();
  await user.keyboard("e");
  await user.paste("x".repeat(300));
  expect(screen.getByTestId("approve")).toBeDisabled();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(decided()).toEqual([]);
});

test("a refused decision brings its row back, marked, with the reason", async () => {
  const { user, ids } = await open();
  server.on("POST", /approve$/u, () => refusal(503, "unavailable", "The database rests."));
  await user.keyboard("a");
  expect(await screen.findByText(/The database rests/u)).toHaveTextContent("unavailable");
  expect(shownIds()).toContain(ids[0]);
  expect(screen.getByText("Not decided", { selector: "[data-testid=queue-row] *" })).toBeInTheDocument();
  // The reader has moved on and is not pulled back.
  expect(currentId()).toBe(ids[1]);
});

test("U takes the last decision back and shows its row again", async () => {
  const { user, ids } = await open();
  await user.keyboard("a");
  expect(shownIds()).not.toContain(ids[0]);
  await user.keyboard("u");
  await waitFor(() => expect(currentId()).toBe(ids[0]));
  expect(shownIds()[0]).toBe(ids[0]);
  expect(decided()).toContain(`POST /approvals/${ids[0]}/undo`);
});

test("the toast's Undo does the same", async () => {
  const { user, ids } = await open();
  await user.keyboard("s");
  await user.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(currentId()).toBe(ids[0]));
});

test("R then a number rejects with that reason", async () => {
  const { user, ids } = await open();
  await user.keyboard("r");
  await screen.findByRole("dialog");
  await user.keyboard("a4");
  await waitFor(() => expect(decided()).toEqual([`POST /approvals/${ids[0]}/reject`]));
  expect(server.asked.find(({ method, path }) => method === "POST" && !path.endsWith("/open"))?.body).toEqual(
    { reason: "too_risky" },
  );
});

test("Shift+A approves the selected green ones and leaves the others", async () => {
  const { user, ids } = await open();
  await user.keyboard("xjxjxjx");
  expect(screen.getByTestId("bulk-approve")).toBeDisabled();
  expect(screen.getByRole("group", { name: "Selection" })).toHaveTextContent(
    "1 high, 1 medium, review one by one",
  );
  await user.keyboard("{Shift>}A{/Shift}");
  await waitFor(() => expect(decided()).toEqual(["POST /approvals/bulk"]));
  expect(server.asked.find(({ method, path }) => method === "POST" && !path.endsWith("/open"))?.body).toEqual(
    {
      ids: [ids[0], ids[1]],
      decision: "approve",
    },
  );
  expect(shownIds()).toEqual([ids[2], ids[3]]);
});

test("a bulk decision brings back exactly what the server refused", async () => {
  const { user, ids } = await open();
  server.on("POST", /bulk$/u, () => ({
    body: {
      results: [
        { id: ids[0], ok: true, status: "approved", problem: null },
        { id: ids[1], ok: false, status: null, problem: { code: "not_green", detail: "It turned yellow." } },
      ],
    },
  }));
  await user.keyboard("xjx{Shift>}A{/Shift}");
  expect(await screen.findByText(/It turned yellow/u)).toHaveTextContent("not_green");
  expect(shownIds()).toEqual([ids[1], ids[2], ids[3]]);
});

test("a list that cannot be read says so and can be asked again", async () => {
  await open();
  server.on("GET", /pending$/u, () => refusal(500, "internal", "It broke."));
  await userEvent.click(screen.getByRole("radio", { name: /High/u }));
  expect((await screen.findAllByText("internal")).length).toBeGreaterThan(0);
  expect(screen.getAllByRole("button", { name: "Try again" }).length).toBeGreaterThan(0);
});
