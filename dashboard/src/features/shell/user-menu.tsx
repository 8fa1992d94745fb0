"use client";

import { useQueryClient } from "@tanstack/react-query";
import { ChevronsUpDown, LogOut, UserRound } from "lucide-react";
import { useRouter } from "next/navigation";
import type { Profile, ThemeChoice } from "@/api/types/users";
import { profileQuery } from "@/lib/shared-queries";
import { applyTheme } from "@/lib/theme";
import { Avatar } from "@/ui/avatar";
import { Menu, type MenuItem } from "@/ui/menu";
import { showToast } from "@/ui/toast";
import { endSession, saveSettings, signOut } from "./queries";

const ROLE = { owner: "Owner", admin: "Admin", approver: "Approver", viewer: "Viewer" } as const;

const THEMES: { value: ThemeChoice; label: string }[] = [
  { value: "system", label: "System theme" },
  { value: "light", label: "Light theme" },
  { value: "dark", label: "Dark theme" },
];

export function UserMenu({ profile }: { profile: Profile }) {
  const router = useRouter();
  const client = useQueryClient();

  async function choose(theme: ThemeChoice) {
    applyTheme(theme);
    try {
      client.setQueryData(profileQuery.queryKey, await saveSettings({ theme }));
    } catch {
      void showToast({
        text: "The theme holds in this browser only",
        detail: "It could not be saved.",
        kind: "error",
      });
    }
  }

  async function leave() {
    try {
      await signOut();
    } catch {
      void showToast({ text: "Not signed out", detail: "SocialSeed could not be reached.", kind: "error" });
      return;
    }
    endSession();
  }

  const items: (MenuItem | "line")[] = [
    {
      label: "Profile",
      icon: <UserRound aria-hidden="true" className="size-4 text-ink-3" />,
      run: () => router.push("/settings/"),
    },
    "line",
    ...THEMES.map(({ value, label }) => ({
      label,
      checked: profile.settings.theme === value,
      run: () => void choose(value),
    })),
    "line",
    {
      label: "Sign out",
      icon: <LogOut aria-hidden="true" className="size-4 text-ink-3" />,
      run: () => void leave(),
    },
  ];

  const name = profile.display_name === "" ? profile.email : profile.display_name;
  return (
    <Menu
      label="Your menu"
      side="above"
      items={items}
      triggerClassName="flex h-11 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-raised"
      trigger={
        <>
          <Avatar name={name} size="sm" />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-base leading-4 font-medium">{name}</span>
            <span className="block truncate text-2xs text-ink-3">
              {ROLE[profile.workspace.role]} · {profile.workspace.name}
            </span>
          </span>
          <ChevronsUpDown aria-hidden="true" className="size-3.5 text-ink-3" />
        </>
      }
    />
  );
}
