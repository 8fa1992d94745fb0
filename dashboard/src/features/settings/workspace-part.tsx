"use client";

import type { Profile } from "@/api/types/users";
import { Section } from "@/ui/section";
import { Switch } from "@/ui/switch";
import { LineForm } from "./line-form";
import { mayManage } from "./roles";
import { useSave } from "./use-save";

const MOST_HOURS = 720;

function hoursProblem(text: string): string | null {
  const hours = Number(text);
  return Number.isInteger(hours) && hours >= 1 && hours <= MOST_HOURS
    ? null
    : `A whole number of hours from 1 to ${MOST_HOURS}.`;
}

export function WorkspacePart({ profile }: { profile: Profile }) {
  const save = useSave();
  const { workspace } = profile;
  const locked = !mayManage(workspace.role);
  return (
    <>
      {locked ? (
        <p className="border-b bg-raised px-4 py-2 text-ink-2">
          Only owners and admins change the workspace. You can read its settings here.
        </p>
      ) : null}
      <Section title="Workspace">
        <LineForm
          key={workspace.name}
          label="Name"
          initial={workspace.name}
          action="Save"
          autoComplete="organization"
          disabled={locked}
          busy={save.isPending}
          error={null}
          onSubmit={(name) => save.mutate({ workspace: { name } })}
        />
      </Section>
      <Section title="Approvals">
        <div className="flex flex-col gap-5">
          <Switch
            label="No self-approval"
            hint="Whoever proposed an action may not approve it: another person must."
            checked={workspace.settings.no_self_approval}
            disabled={locked}
            onChange={(no_self_approval) => save.mutate({ workspace: { no_self_approval } })}
          />
          <LineForm
            key={workspace.settings.approval_ttl_hours}
            label="Proposals expire after (hours)"
            type="number"
            initial={String(workspace.settings.approval_ttl_hours)}
            action="Save"
            hint="An expired proposal is not sent. It can be planned again with one key."
            disabled={locked}
            busy={save.isPending}
            error={null}
            check={hoursProblem}
            onSubmit={(hours) => save.mutate({ workspace: { approval_ttl_hours: Number(hours) } })}
          />
        </div>
      </Section>
    </>
  );
}
