"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Profile, SettingsChange } from "@/api/types/users";
import { profileQuery } from "@/lib/shared-queries";
import { toastProblem } from "@/ui/toast-problem";
import { saveSettings } from "./queries";

function merged(profile: Profile, { workspace, ...settings }: SettingsChange): Profile {
  const { name = profile.workspace.name, ...rules } = workspace ?? {};
  return {
    ...profile,
    settings: { ...profile.settings, ...settings },
    workspace: { ...profile.workspace, name, settings: { ...profile.workspace.settings, ...rules } },
  };
}

/** Saves a setting at once: shown as chosen straight away, taken back with a reason if it is refused. */
export function useSave() {
  const client = useQueryClient();
  const key = profileQuery.queryKey;
  return useMutation({
    mutationFn: saveSettings,
    onMutate: (change) => {
      const before = client.getQueryData(key);
      if (before !== undefined) client.setQueryData(key, merged(before, change));
      return { before };
    },
    onSuccess: (profile) => client.setQueryData(key, profile),
    onError: (error, _change, kept) => {
      if (kept?.before !== undefined) client.setQueryData(key, kept.before);
      toastProblem("Not saved", error);
    },
  });
}
