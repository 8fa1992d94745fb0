import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { FakeServer } from "@/testing/fake-server";
import { MinutesBar } from "./minutes-bar";
import { useOpened } from "./use-opened";

const ATTENTION = {
  minutes_a_day: 20,
  minutes_used: 3,
  minutes_planned: 4.2,
  planned: 4,
  deferred: 2,
  seconds_each: [],
};

function Looking({ id }: { id: string }) {
  useOpened(id, 20);
  return null;
}

test("what the reviewer looks at is told once, what he passes on the way is not", async () => {
  const server = new FakeServer().on("POST", /open$/u, () => ({ status: 204, body: undefined }));
  server.install();
  const { rerender } = render(<Looking id="a" />);
  await waitFor(() => expect(server.sent()).toEqual(["POST /approvals/a/open"]));
  rerender(<Looking id="b" />);
  rerender(<Looking id="c" />);
  await waitFor(() => expect(server.sent()).toHaveLength(2));
  expect(server.sent()[1]).toBe("POST /approvals/c/open");
});

test("the minutes are shown, and the deferred ones are one press away", async () => {
  new FakeServer().on("GET", /attention$/u, () => ({ body: ATTENTION })).install();
  const asked: boolean[] = [];
  const bar = (deferred: boolean) => (
    <QueryClientProvider client={client}>
      <MinutesBar deferred={deferred} onDeferred={(shown) => asked.push(shown)} />
    </QueryClientProvider>
  );
  const client = new QueryClient();
  const { rerender } = render(bar(false));
  expect(await screen.findByTestId("minutes")).toHaveTextContent(
    "about 4 minutes to decide, 3 of 20 minutes used today",
  );
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Deferred 2" }));
  rerender(bar(true));
  await user.click(screen.getByRole("button", { name: "Back to today" }));
  expect(asked).toEqual([true, false]);
});
