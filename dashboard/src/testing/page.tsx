import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createQueryClient } from "@/lib/query-client";
import { useShortcutListener } from "@/lib/use-shortcuts";
import { ToastHost } from "@/ui/toast";

function Shell({ children }: { children: ReactNode }) {
  useShortcutListener();
  return (
    <main>
      {children}
      <ToastHost />
    </main>
  );
}

/** Renders a page's body as the shell would: with queries, shortcuts and toasts. jsdom lays nothing out,
 * so every element is given a height for lists that only render what is in sight. */
export function renderPage(body: ReactNode) {
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 1000 });
  globalThis.ResizeObserver = class {
    observe = () => undefined;
    unobserve = () => undefined;
    disconnect = () => undefined;
  };
  const client = createQueryClient();
  return render(
    <QueryClientProvider client={client}>
      <Shell>{body}</Shell>
    </QueryClientProvider>,
  );
}
