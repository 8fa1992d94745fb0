"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { formatInstant } from "@/lib/format";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { ErrorState } from "@/ui/error-state";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { toastProblem } from "@/ui/toast-problem";
import { browserName } from "./browser-words";
import { revokeSession, sessionsQuery } from "./queries";

export function SessionsPart() {
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const revoke = useMutation({
    mutationFn: revokeSession,
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
    onError: (error) => toastProblem("Not signed out there", error),
  });
  return (
    <Section title="Sessions" note="where you are signed in" flush>
      {sessions.data === undefined ? (
        sessions.isError ? (
          <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
        ) : (
          <SkeletonRows rows={2} height={57} />
        )
      ) : (
        <ul aria-label="Sessions">
          {sessions.data.items.map((session) => (
            <li
              key={session.id}
              className="flex items-center gap-3 border-b px-4 py-2.5 last:border-b-0"
              data-testid="session-row"
            >
              <span className="min-w-0 flex-1" title={session.user_agent}>
                <span className="flex items-center gap-2 font-medium">
                  <span className="truncate">{browserName(session.user_agent)}</span>
                  {session.current ? <Badge tone="accent">This one</Badge> : null}
                </span>
                <span className="block truncate text-xs text-ink-3">
                  used <RelativeTime at={session.last_seen_at} form="words" /> · since{" "}
                  {formatInstant(session.created_at)}
                </span>
              </span>
              {session.current ? null : (
                <Button
                  aria-label={`Sign out ${browserName(session.user_agent)}`}
                  busy={revoke.isPending && revoke.variables === session.id}
                  onClick={() => revoke.mutate(session.id)}
                >
                  Sign out
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
