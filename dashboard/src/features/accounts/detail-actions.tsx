"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, Ellipsis, Pencil, Plug, Trash2 } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { AccountDetail } from "@/api/types/accounts";
import { Button } from "@/ui/button";
import { Menu, type MenuItem } from "@/ui/menu";
import { toastProblem } from "@/ui/toast-problem";
import { ConnectButton } from "./connect-button";
import { accountQuery, changeAccount } from "./queries";
import { useConnect } from "./use-connect";

const EditDialog = dynamic(() => import("./edit-dialog").then((module) => module.EditDialog), { ssr: false });
const DeleteDialog = dynamic(() => import("./delete-dialog").then((module) => module.DeleteDialog), {
  ssr: false,
});

const ICON = "size-4 text-ink-3";

/** Pause or resume at once; connect when that is what it waits for; the rest in a menu. */
export function DetailActions({ account }: { account: AccountDetail }) {
  const client = useQueryClient();
  const [layer, setLayer] = useState<"edit" | "delete" | null>(null);
  const connect = useConnect(account);
  const needsConnection = account.needs === "connect" || account.needs === "reconnect" || !account.connected;
  const pause = useMutation({
    mutationFn: (is_active: boolean) => changeAccount(account.id, { is_active }),
    onSuccess: (changed) => {
      client.setQueryData(accountQuery(account.id).queryKey, (old) =>
        old === undefined ? old : { ...old, ...changed },
      );
      return client.invalidateQueries({ queryKey: ["accounts"] });
    },
    onError: (error, active) => toastProblem(active ? "Not resumed" : "Not paused", error),
  });
  const items: (MenuItem | "line")[] = [
    {
      label: "Edit",
      icon: <Pencil aria-hidden="true" className={ICON} />,
      run: () => setLayer("edit"),
    },
    ...(needsConnection
      ? []
      : [
          {
            label: "Connect again",
            icon: <Plug aria-hidden="true" className={ICON} />,
            run: () => connect.mutate(),
          },
        ]),
    "line",
    {
      label: "Delete",
      tone: "red",
      icon: <Trash2 aria-hidden="true" className="size-4" />,
      run: () => setLayer("delete"),
    },
  ];
  return (
    <>
      {needsConnection ? <ConnectButton account={account} /> : null}
      <Button
        busy={pause.isPending}
        icon={
          account.is_active ? (
            <CirclePause aria-hidden="true" className="size-4" />
          ) : (
            <CirclePlay aria-hidden="true" className="size-4" />
          )
        }
        onClick={() => pause.mutate(!account.is_active)}
      >
        {account.is_active ? "Pause" : "Resume"}
      </Button>
      <Menu
        label="More for this account"
        iconOnly
        items={items}
        trigger={<Ellipsis aria-hidden="true" className="size-4" />}
        triggerClassName="inline-flex size-7 items-center justify-center rounded-md text-ink-2 hover:bg-raised hover:text-ink"
      />
      {layer === "edit" ? <EditDialog account={account} onClose={() => setLayer(null)} /> : null}
      {layer === "delete" ? <DeleteDialog account={account} onClose={() => setLayer(null)} /> : null}
    </>
  );
}
