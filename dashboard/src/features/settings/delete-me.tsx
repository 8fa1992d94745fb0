"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "@/ui/confirm-dialog";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { deleteMe } from "./queries";

export function DeleteMe({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const remove = useMutation({ mutationFn: deleteMe });
  return (
    <ConfirmDialog
      title="Delete yourself and your workspaces?"
      text="Nobody can bring this back. Stop or export first if you are not sure."
      action="Delete for good"
      ready={password !== ""}
      busy={remove.isPending || remove.isSuccess}
      error={remove.error}
      onConfirm={() => remove.mutate(password)}
      onClose={onClose}
    >
      <Field label="Your password">
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
    </ConfirmDialog>
  );
}
