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

const SAVING = ["settings", "save"];

/**
 * Saves a setting at once: shown as chosen straight away, taken back with a reason if it is refused. One
 * is sent after the other, and only the last answer is shown: an earlier one does not know of it yet.
 */
export function useSave() {
  const client = useQueryClient();
  const key = profileQuery.queryKey;
  const isLast = () => client.isMutating({ mutationKey: SAVING }) === 1;
  return useMutation({
    mutationKey: SAVING,
    scope: { id: SAVING.join(".") },
    mutationFn: saveSettings,
    onMutate: (change) => {
      const before = client.getQueryData(key);
      if (before !== undefined) client.setQueryData(key, merged(before, change));
      return { before };
    },
    onSuccess: (profile) => {
      if (isLast()) client.setQueryData(key, profile);
    },
    onError: (error, _change, kept) => {
      toastProblem("Not saved", error);
      if (!isLast()) return;
      if (kept?.before !== undefined) client.setQueryData(key, kept.before);
      void client.invalidateQueries({ queryKey: key });
    },
  });
}
