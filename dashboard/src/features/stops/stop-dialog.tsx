"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Platform } from "@/api/types/common";
import type { NewStop, StopScope } from "@/api/types/system";
import { stopsQuery } from "@/lib/shared-queries";
import { PLATFORM_NAME } from "@/lib/words";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorNote } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Segmented } from "@/ui/segmented";
import { Select } from "@/ui/select";
import { Textarea } from "@/ui/textarea";
import { setStop, stoppableAccountsQuery } from "./queries";
import { StopList } from "./stop-list";

const SCOPES: { value: StopScope; label: string }[] = [
  { value: "workspace", label: "Everything" },
  { value: "platform", label: "A platform" },
  { value: "account", label: "An account" },
];

const PLATFORMS = (Object.keys(PLATFORM_NAME) as Platform[]).map((value) => ({
  value,
  label: PLATFORM_NAME[value],
}));

export function StopDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const client = useQueryClient();
  const [scope, setScope] = useState<StopScope>("workspace");
  const [target, setTarget] = useState("");
  const [reason, setReason] = useState("");
  const accounts = useQuery(stoppableAccountsQuery);
  const stop = useMutation({
    mutationFn: (input: NewStop) => setStop(input),
    onSuccess: () => {
      setReason("");
      return client.invalidateQueries({ queryKey: stopsQuery.queryKey });
    },
  });
  const ready = scope === "workspace" || target !== "";

  function choose(next: StopScope) {
    setScope(next);
    setTarget("");
  }

  function submit() {
    const why = reason.trim() === "" ? "Stopped by hand" : reason.trim();
    stop.mutate(scope === "workspace" ? { scope, reason: why } : { scope, id: target, reason: why });
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Emergency stop"
      description="Once it is set, no action starts until it is lifted. Approvals can still be decided; nothing is sent."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Close</Button>
          <Button kind="danger" disabled={!ready} busy={stop.isPending} onClick={submit}>
            Stop now
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <StopList accounts={accounts.data?.items ?? []} />
        {stop.isError ? <ErrorNote error={stop.error} /> : null}
        <div className="flex flex-col gap-1">
          <span className="font-medium">What to stop</span>
          <Segmented
            label="What to stop"
            value={scope}
            options={SCOPES}
            onChange={choose}
            className="self-start"
          />
        </div>
        {scope === "workspace" ? null : (
          <Field
            label={scope === "platform" ? "Platform" : "Account"}
            error={accounts.isError && scope === "account" ? "The accounts could not be loaded." : undefined}
          >
            {(control) => (
              <Select
                {...control}
                value={target}
                placeholder="Choose one"
                onChange={(event) => setTarget(event.target.value)}
                options={
                  scope === "platform"
                    ? PLATFORMS
                    : (accounts.data?.items ?? []).map((account) => ({
                        value: account.id,
                        label: `@${account.username} on ${PLATFORM_NAME[account.platform]}`,
                      }))
                }
              />
            )}
          </Field>
        )}
        <Field label="Reason" hint="Kept in the record, for whoever lifts it.">
          {(control) => (
            <Textarea
              {...control}
              rows={2}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}
