import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Task } from "@/api/types/actions";
import { aDetail, aTask } from "@/testing/actions";
import { FakeServer, refusal } from "@/testing/fake-server";
import { renderPage } from "@/testing/page";
import { TasksBody } from "./tasks-body";
import { claimOf } from "./words";

const SOON = new Date(Date.now() + 12.5 * 60_000).toISOString();

async function open(tasks: Task[]) {
  const left = new Set(tasks.map((task) => task.id));
  const rows = () => tasks.filter((task) => left.has(task.id));
  const server = new FakeServer()
    .on("GET", /^\/users\/profile$/u, () => ({ body: { workspace: { role: "owner" } } }))
    .on("GET", /^\/tasks$/u, () => ({ body: { items: rows(), next_cursor: null } }))
    .on("GET", /^\/tasks\/next$/u, () => ({
      body: { task: rows().find((task) => task.unlocked) ?? null, next_unlock_at: SOON, open: 1 },
    }))
    .on("GET", /^\/actions\//u, ({ path }) => {
      const task = tasks.find((entry) => path.endsWith(entry.id));
      return task === undefined
        ? refusal(404, "not_found")
        : { body: aDetail({ ...task, status: "succeeded", verified: true }) };
    })
    .on("POST", /complete$/u, ({ path }) => {
      const task = tasks.find((entry) => path.includes(`/${entry.id}/`));
      left.delete(task?.id ?? "");
      return { body: { ...task, status: "succeeded" } };
    });
  server.install();
  renderPage(<TasksBody />);
  await screen.findAllByTestId("task-row");
  return { server, user: userEvent.setup() };
}

test("opens the platform in a tab that cannot reach back", async () => {
  await open([aTask("1")]);
  const link = screen.getByTestId("deep-link");
  expect(link).toHaveAttribute("href", "https://platform.example/1");
  expect(link).toHaveAttribute("target", "_blank");
  expect(link.getAttribute("rel")).toContain("noopener");
});

test("an address that is not a web address is never a link", async () => {
  await open([aTask("1", { deep_link: "javascript:alert(1)" })]);
  expect(screen.queryByTestId("deep-link")).not.toBeInTheDocument();
});

test("Done reports it, shows the next card and what came of the last", async () => {
  const { server, user } = await open([aTask("1"), aTask("2")]);
  await user.click(screen.getByTestId("task-done"));
  expect(screen.getByTestId("task-card")).toHaveAttribute("data-id", "2");
  expect(server.sent()).toEqual(["POST /actions/1/complete"]);
  expect(await screen.findByText("Verified")).toBeInTheDocument();
});

test("a refused report brings the card back with its code", async () => {
  const { server, user } = await open([aTask("1"), aTask("2")]);
  server.on("POST", /complete$/u, () => refusal(409, "not_pending", "It was settled."));
  await user.click(screen.getByTestId("task-done"));
  const note = await within(screen.getByTestId("task-card")).findByRole("alert");
  expect(note).toHaveTextContent("not_pending");
  expect(screen.getByTestId("task-card")).toHaveAttribute("data-id", "1");
});

test("a skip carries its reason", async () => {
  const { server, user } = await open([aTask("1")]);
  await user.click(screen.getByRole("button", { name: "Skip…" }));
  await user.click(await screen.findByRole("button", { name: "Wrong person" }));
  await waitFor(() => expect(server.sent()).toHaveLength(1));
  expect(server.asked.find((asked) => asked.method === "POST")?.body).toEqual({
    outcome: "skipped",
    reason: "wrong_person",
  });
});

test("a locked task says when it unlocks and cannot be reported, by button or by key", async () => {
  const { server, user } = await open([aTask("1", { unlocked: false, unlocks_at: SOON })]);
  await user.click(await screen.findByTestId("task-row"));
  expect(within(screen.getByTestId("task-card")).getByText(/unlocks in 12m/u)).toBeInTheDocument();
  expect(screen.getByTestId("task-done")).toBeDisabled();
  expect(screen.queryByTestId("deep-link")).not.toBeInTheDocument();
  await user.keyboard("d");
  expect(server.sent()).toEqual([]);
});

test("copies the prepared text and says so", async () => {
  const { user } = await open([aTask("1", { prepared_text: "Lovely work" })]);
  await user.click(screen.getByTestId("copy-text"));
  expect(await screen.findByText("Copied to the clipboard")).toBeInTheDocument();
  expect(await navigator.clipboard.readText()).toBe("Lovely work");
});

test("claimed and verified are kept apart", () => {
  const now = Date.parse("2026-01-01T01:00:00Z");
  const done = { status: "succeeded", settled_at: "2026-01-01T00:59:00Z" } as const;
  expect(claimOf({ ...done, verified: true }, now)).toBe("verified");
  expect(claimOf({ ...done, verified: null }, now)).toBe("verifying");
  expect(claimOf({ ...done, settled_at: "2026-01-01T00:00:00Z", verified: null }, now)).toBe("claimed");
  expect(claimOf({ ...done, verified: false }, now)).toBe("refuted");
  expect(claimOf({ status: "failed", settled_at: null, verified: null }, now)).toBe("other");
});
