"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Role } from "@/api/types/common";
import type { Member, Profile } from "@/api/types/users";
import { Avatar } from "@/ui/avatar";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { ErrorState } from "@/ui/error-state";
import { Section } from "@/ui/section";
import { Select } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";
import { showToast } from "@/ui/toast";
import { toastProblem } from "@/ui/toast-problem";
import { Invitations } from "./invitations";
import { LineForm } from "./line-form";
import { addMember, changeRole, invitationsQuery, membersQuery, removeMember } from "./queries";
import { mayManage, ROLES, rolesFor } from "./roles";

export function MembersPart({ profile }: { profile: Profile }) {
  const client = useQueryClient();
  const { role } = profile.workspace;
  const manages = mayManage(role);
  const members = useQuery(membersQuery);
  const [newRole, setNewRole] = useState<Role>("approver");
  const add = useMutation({
    mutationFn: addMember,
    onSuccess: (member) => {
      void showToast({
        text: member.user_id === null ? `${member.email} is invited` : `${member.display_name} has joined`,
        ...(member.user_id === null ? { detail: "They join when they register with this address." } : {}),
        kind: "success",
      });
      void client.invalidateQueries({ queryKey: membersQuery.queryKey });
      void client.invalidateQueries({ queryKey: invitationsQuery.queryKey });
    },
  });
  return (
    <>
      {manages ? (
        <Section title="Add a member">
          <LineForm
            label="Email"
            type="email"
            action="Add"
            hint={ROLES.map((entry) => `${entry.label}: ${entry.may}`).join(". ") + "."}
            busy={add.isPending}
            error={add.error}
            check={(text) => (/^[^\s@]+@[^\s@]+$/.test(text) ? null : "This is not an email address.")}
            onSubmit={(email, clear) => add.mutate({ email, role: newRole }, { onSuccess: clear })}
          >
            <Select
              aria-label="Role"
              value={newRole}
              options={rolesFor(role)}
              onChange={(event) => setNewRole(event.target.value as Role)}
              className="w-32!"
            />
          </LineForm>
        </Section>
      ) : null}
      <Section title="Members" flush>
        {members.data === undefined ? (
          members.isError ? (
            <ErrorState error={members.error} onRetry={() => void members.refetch()} />
          ) : (
            <SkeletonRows rows={3} height={57} />
          )
        ) : (
          <ul aria-label="Members">
            {members.data.items.map((member) => (
              <Row key={member.email} member={member} profile={profile} />
            ))}
          </ul>
        )}
      </Section>
      {manages ? <Invitations /> : null}
    </>
  );
}

function Row({ member, profile }: { member: Member; profile: Profile }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { role } = profile.workspace;
  const id = member.user_id;
  const refresh = () => client.invalidateQueries({ queryKey: membersQuery.queryKey });
  const change = useMutation({
    mutationFn: changeRole,
    onSettled: refresh,
    onError: (error) => toastProblem("The role stays as it was", error),
  });
  const remove = useMutation({
    mutationFn: removeMember,
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  const changes = id !== null && mayManage(role) && (role === "owner" || member.role !== "owner");
  const name = member.display_name === "" ? member.email : member.display_name;
  return (
    <li
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b px-4 py-2.5 last:border-b-0"
      data-testid="member-row"
    >
      <Avatar name={name} />
      <span className="min-w-32 flex-1">
        <span className="block truncate font-medium">
          {name} {id === profile.id ? <Badge>You</Badge> : null}
        </span>
        <span className="block truncate text-xs text-ink-3">{member.email}</span>
      </span>
      {changes ? (
        <>
          <Select
            aria-label={`Role of ${name}`}
            value={change.isPending ? change.variables.role : member.role}
            options={rolesFor(role)}
            onChange={(event) => change.mutate({ id, role: event.target.value as Role })}
            className="w-32!"
          />
          <Button aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
            Remove
          </Button>
        </>
      ) : (
        <span className="text-ink-2">{ROLES.find((entry) => entry.value === member.role)?.label}</span>
      )}
      {asking && id !== null ? (
        <Confirm
          title={`Remove ${name}?`}
          text="They are signed out of this workspace at once, and the API keys they made stop working."
          action="Remove"
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate(id)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </li>
  );
}
