"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import type { ApiKey, NewApiKey } from "@/api/types/users";
import { formatDay } from "@/lib/format";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { LineForm } from "./line-form";
import { apiKeysQuery, createApiKey, revokeApiKey } from "./queries";

const KeyDialog = dynamic(() => import("./key-dialog").then((module) => module.KeyDialog), { ssr: false });

export function KeysPart() {
  const client = useQueryClient();
  const keys = useQuery(apiKeysQuery);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: apiKeysQuery.queryKey });
  const create = useMutation({
    mutationFn: createApiKey,
    // The key is kept by the dialog alone: no cache holds it.
    gcTime: 0,
    onSuccess: (key) => {
      setMade(key);
      void refresh();
    },
  });
  const revoke = useMutation({
    mutationFn: revokeApiKey,
    onSuccess: () => {
      setRevoking(null);
      return refresh();
    },
  });
  return (
    <>
      <Section title="New API key">
        <LineForm
          label="Name"
          action="Create key"
          hint="A key reads and proposes. It can never approve, and it is shown once."
          busy={create.isPending}
          error={create.error}
          onSubmit={(name, clear) => create.mutate(name, { onSuccess: clear })}
        />
      </Section>
      <Section title="API keys" flush>
        {keys.data === undefined ? (
          keys.isError ? (
            <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />
          ) : (
            <SkeletonRows rows={2} height={57} />
          )
        ) : keys.data.items.length === 0 ? (
          <EmptyState
            icon={<KeyRound aria-hidden="true" className="size-6" />}
            title="No API key"
            text="Make one for a script or another program that proposes actions."
          />
        ) : (
          <ul aria-label="API keys">
            {keys.data.items.map((key) => (
              <li
                key={key.id}
                className="flex items-center gap-3 border-b px-4 py-2.5 last:border-b-0"
                data-testid="key-row"
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{key.name}</span>
                  <span className="block truncate text-xs text-ink-3">
                    <code>{key.prefix}…</code> · made {formatDay(key.created_at)} ·{" "}
                    {key.last_used_at == null ? (
                      "never used"
                    ) : (
                      <>
                        used <RelativeTime at={key.last_used_at} form="words" />
                      </>
                    )}
                  </span>
                </span>
                <Button aria-label={`Revoke ${key.name}`} onClick={() => setRevoking(key)}>
                  Revoke
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {made === null ? null : <KeyDialog made={made} onClose={() => setMade(null)} />}
      {revoking === null ? null : (
        <Confirm
          title={`Revoke “${revoking.name}”?`}
          text="Whatever uses it stops working at once."
          action="Revoke key"
          busy={revoke.isPending}
          error={revoke.error}
          onConfirm={() => revoke.mutate(revoking.id)}
          onClose={() => setRevoking(null)}
        />
      )}
    </>
  );
}
