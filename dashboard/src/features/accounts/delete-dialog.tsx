"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { AccountDetail } from "@/api/types/accounts";
import { accountLabel } from "@/lib/account-state";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { showToast } from "@/ui/toast";
import { accountQuery, deleteAccount } from "./queries";

/** Deleting asks for the handle: it takes the account's history with it. */
export function DeleteDialog({ account, onClose }: { account: AccountDetail; onClose: () => void }) {
  const router = useRouter();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const remove = useMutation({
    mutationFn: () => deleteAccount(account.id),
    onSuccess: () => {
      void showToast({ text: `${accountLabel(account)} is deleted`, kind: "success" });
      router.replace("/accounts/");
      client.removeQueries({ queryKey: accountQuery(account.id).queryKey });
      void client.invalidateQueries({ queryKey: ["accounts", "list"] });
    },
  });
  return (
    <ConfirmDialog
      title={`Delete ${accountLabel(account)}?`}
      text="Its plan, actions, measurements and access are deleted for good. Nothing changes on the platform itself."
      action="Delete account"
      ready={typed.trim().replace(/^@/, "").toLowerCase() === account.username.toLowerCase()}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Field label={`Type ${account.username} to confirm`}>
        {(control) => (
          <Input
            {...control}
            value={typed}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
    </ConfirmDialog>
  );
}
