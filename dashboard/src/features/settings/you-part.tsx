"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Profile, ThemeChoice } from "@/api/types/users";
import { profileQuery } from "@/lib/shared-queries";
import { formatInstant } from "@/lib/format";
import { Section } from "@/ui/section";
import { Segmented } from "@/ui/segmented";
import { Switch } from "@/ui/switch";
import { showToast } from "@/ui/toast";
import { LineForm } from "./line-form";
import { saveName } from "./queries";
import { useSave } from "./use-save";

const THEMES: { value: ThemeChoice; label: string }[] = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

/** The shell applies theme, motion and keys from the profile, so saving is all there is to do here. */
export function YouPart({ profile }: { profile: Profile }) {
  const client = useQueryClient();
  const save = useSave();
  const rename = useMutation({
    mutationFn: saveName,
    onSuccess: (changed) => {
      client.setQueryData(profileQuery.queryKey, changed);
      void showToast({ text: "Name saved", kind: "success" });
    },
  });
  return (
    <>
      <Section title="Profile">
        <LineForm
          key={profile.display_name}
          label="Your name"
          initial={profile.display_name}
          action="Save"
          autoComplete="name"
          busy={rename.isPending}
          error={rename.error}
          onSubmit={(name) => rename.mutate(name)}
        />
        <dl className="mt-4 grid grid-cols-[6rem_minmax(0,1fr)] gap-y-1.5">
          <dt className="text-ink-3">Email</dt>
          <dd className="wrap-anywhere">{profile.email}</dd>
          <dt className="text-ink-3">Since</dt>
          <dd>{formatInstant(profile.created_at)}</dd>
        </dl>
      </Section>
      <Section title="Display">
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <span className="font-medium">Theme</span>
            <Segmented
              label="Theme"
              value={profile.settings.theme}
              options={THEMES}
              onChange={(theme) => save.mutate({ theme })}
            />
          </div>
          <Switch
            label="Reduced motion"
            hint="Nothing slides or fades. Also on when your system asks for it."
            checked={profile.settings.reduced_motion}
            onChange={(reduced_motion) => save.mutate({ reduced_motion })}
          />
        </div>
      </Section>
      <Section title="Keyboard">
        <Switch
          label="Single-key shortcuts"
          hint="J, K, A, R and the like. Turn them off when a key pressed by accident or by voice could decide something; those with Ctrl stay."
          checked={profile.settings.single_key_shortcuts}
          onChange={(single_key_shortcuts) => save.mutate({ single_key_shortcuts })}
        />
      </Section>
    </>
  );
}
