"use client";

import { Plug } from "lucide-react";
import type { Account } from "@/api/types/accounts";
import { Button } from "@/ui/button";
import { useConnect } from "./use-connect";

export function ConnectButton({
  account,
  kind = "primary",
}: {
  account: Pick<Account, "id" | "platform" | "connected" | "needs">;
  kind?: "primary" | "secondary";
}) {
  const connect = useConnect(account);
  const again = account.connected || account.needs === "reconnect";
  return (
    <Button
      kind={kind}
      data-testid="connect"
      busy={connect.isPending || connect.isSuccess}
      icon={<Plug aria-hidden="true" className="size-4" />}
      onClick={() => connect.mutate()}
    >
      {again ? "Reconnect" : "Connect"}
    </Button>
  );
}
