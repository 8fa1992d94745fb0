"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/ui/button";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { toastProblem } from "@/ui/toast-problem";
import { invitationsQuery, withdrawInvitation } from "./queries";
import { ROLES } from "./roles";

/** Who was invited and has not registered yet. Nothing when there is nobody. */
export function Invitations() {
  const client = useQueryClient();
  const invitations = useQuery(invitationsQuery);
  const withdraw = useMutation({
    mutationFn: withdrawInvitation,
    onSuccess: () => client.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
    onError: (error) => toastProblem("Not withdrawn", error),
  });
  const items = invitations.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="Invited" flush>
      <ul aria-label="Invited">
        {items.map((invitation) => (
          <li key={invitation.email} className="flex items-center gap-3 border-b px-4 py-2.5 last:border-b-0">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{invitation.email}</span>
              <span className="block text-xs text-ink-3">
                {ROLES.find((entry) => entry.value === invitation.role)?.label}, invited{" "}
                <RelativeTime at={invitation.created_at} form="words" />
              </span>
            </span>
            <Button
              aria-label={`Withdraw the invitation of ${invitation.email}`}
              busy={withdraw.isPending && withdraw.variables === invitation.email}
              onClick={() => withdraw.mutate(invitation.email)}
            >
              Withdraw
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
