"use client";

import { useMutation } from "@tanstack/react-query";
import type { Account } from "@/api/types/accounts";
import { toastProblem } from "@/ui/toast-problem";
import { isWebAddress } from "./connect-words";
import { authorizeUrl } from "./queries";

/** Begins a connection and leaves for the platform's consent page. Busy until the browser has gone. */
export function useConnect(account: Pick<Account, "id" | "platform">) {
  return useMutation({
    mutationFn: () => authorizeUrl(account.platform, account.id),
    onSuccess: (url) => {
      const { location } = window;
      if (isWebAddress(url, location.origin)) location.assign(url);
      else toastProblem("Not connected", new Error("The platform's consent page has no web address."));
    },
    onError: (error) => toastProblem("Not connected", error),
  });
}
