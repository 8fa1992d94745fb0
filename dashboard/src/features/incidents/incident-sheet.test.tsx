import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { IncidentBundle } from "@/api/types/incidents";
import { FakeServer, refusal } from "@/testing/fake-server";
import { renderPage } from "@/testing/page";
import { IncidentSheet } from "./incident-sheet";

const bundle: IncidentBundle = {
  id: "i1",
  account: { id: "a1", platform: "twitter", username: "kestrel" },
  kind: "silent_failure",
  action_type: "publish_text",
  opened_at: "2026-03-02T14:00:00Z",
  closed_at: null,
  sentence: "0 of 2 read back are really there.",
  way_back: ["Open the profile and look."],
  events: [],
  attempts: [],
  quotas: [],
};

function open(more: Partial<IncidentBundle> = {}) {
  let shown = { ...bundle, ...more };
  const server = new FakeServer()
    .on("GET", /^\/incidents\/i1$/u, () => ({ body: shown }))
    .on("POST", /close$/u, () => {
      shown = { ...shown, closed_at: "2026-03-02T15:00:00Z" };
      return { body: shown };
    });
  server.install();
  renderPage(<IncidentSheet id="i1" onClose={() => undefined} />);
  return { server, user: userEvent.setup() };
}

test("a silent failure ends with what a person found, and not before he wrote it", async () => {
  const { server, user } = open();
  const go = await screen.findByRole("button", { name: "I looked, go on" });
  expect(go).toBeDisabled();
  await user.type(screen.getByLabelText("What did you find?"), "They show now.");
  await user.click(go);
  await waitFor(() => expect(go).not.toBeInTheDocument());
  expect(server.sent()).toEqual(["POST /incidents/i1/close"]);
});

test("a refusal says why and keeps what was written", async () => {
  const { server, user } = open();
  server.on("POST", /close$/u, () => refusal(409, "already_closed", "Somebody closed it already."));
  await user.type(await screen.findByLabelText("What did you find?"), "They show now.");
  await user.click(screen.getByRole("button", { name: "I looked, go on" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("already_closed");
  expect(screen.getByLabelText("What did you find?")).toHaveValue("They show now.");
});

test("other kinds end by themselves, and what is over asks nothing", async () => {
  open({ kind: "breaker" });
  await screen.findByText("Open the profile and look.");
  expect(screen.queryByRole("button", { name: "I looked, go on" })).not.toBeInTheDocument();
});
