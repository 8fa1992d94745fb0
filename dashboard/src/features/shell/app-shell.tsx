"use client";

import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { usePathname, useRouter } from "next/navigation";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { ApiProblem } from "@/api/problem";
import { useCommands, type Command } from "@/lib/commands";
import { useLiveFeed } from "@/lib/live";
import { profileQuery } from "@/lib/shared-queries";
import { shortcutBoard } from "@/lib/shortcuts";
import { applyReducedMotion, applyTheme } from "@/lib/theme";
import { useShortcutListener, useShortcuts } from "@/lib/use-shortcuts";
import { ErrorState } from "@/ui/error-state";
import { OfflineBanner } from "@/ui/offline-banner";
import { ToastHost } from "@/ui/toast";
import { Announcer } from "./announcer";
import { BottomNav } from "./bottom-nav";
import { NAV_ITEMS } from "./nav-items";
import { Sidebar } from "./sidebar";
import { useBadges } from "./use-badges";
import { UserMenuPlace } from "./user-menu-place";

const UserMenu = dynamic(() => import("./user-menu").then((module) => module.UserMenu), {
  ssr: false,
  loading: UserMenuPlace,
});
const Palette = dynamic(() => import("./palette").then((module) => module.Palette), { ssr: false });
const ShortcutHelp = dynamic(() => import("./shortcut-help").then((module) => module.ShortcutHelp), {
  ssr: false,
});

export interface AppShellProps {
  stopButton: ReactNode;
  stopBanner: ReactNode;
  children: ReactNode;
}

/**
 * The frame of every page behind sign-in. The page's own reads start beside the profile's; without a
 * session all of them lead to the sign-in page, and nothing of the page is shown.
 */
export function AppShell({ stopButton, stopBanner, children }: AppShellProps) {
  const path = usePathname();
  const router = useRouter();
  const profile = useQuery(profileQuery);
  const badges = useBadges();
  const [layer, setLayer] = useState<"palette" | "help" | null>(null);
  const settings = profile.data?.settings;

  useLiveFeed(profile.isSuccess);
  useShortcutListener();
  useShortcuts([
    {
      keys: "mod+k",
      label: "Search or jump to",
      group: "Everywhere",
      whileEditing: true,
      run: () => setLayer("palette"),
    },
    { keys: "?", label: "Show shortcuts", group: "Everywhere", run: () => setLayer("help") },
    ...NAV_ITEMS.map((item) => ({
      keys: item.keys,
      label: `Go to ${item.label}`,
      group: "Go to",
      run: () => router.push(item.href),
    })),
  ]);
  const commands = useMemo<Command[]>(
    () => [
      ...NAV_ITEMS.map((item) => ({
        id: `go:${item.href}`,
        label: item.label,
        group: "Go to",
        keys: item.keys,
        run: () => router.push(item.href),
      })),
      { id: "help", label: "Shortcuts", group: "Help", keys: "?", run: () => setLayer("help") },
    ],
    [router],
  );
  useCommands(commands);

  useEffect(() => {
    if (settings === undefined) return;
    shortcutBoard.setSingleKeys(settings.single_key_shortcuts);
    applyTheme(settings.theme);
    applyReducedMotion(settings.reduced_motion);
  }, [settings]);

  const signedOut = profile.error instanceof ApiProblem && profile.error.status === 401;
  const chrome = {
    path,
    badges,
    stopButton,
    onSearch: () => setLayer("palette"),
    userMenu: profile.data === undefined ? <UserMenuPlace /> : <UserMenu profile={profile.data} />,
  };

  return (
    <div className="flex min-h-dvh md:h-dvh md:overflow-hidden">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-surface px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <Sidebar {...chrome} />
      <main
        id="content"
        tabIndex={-1}
        className="flex min-w-0 flex-1 flex-col bg-surface outline-none max-md:pb-[calc(56px+env(safe-area-inset-bottom))] md:my-2 md:mr-2 md:overflow-hidden md:rounded-xl md:border"
      >
        {stopBanner}
        <OfflineBanner />
        {signedOut ? null : profile.isError ? (
          <ErrorState error={profile.error} onRetry={() => void profile.refetch()} />
        ) : (
          children
        )}
      </main>
      <BottomNav {...chrome} />
      <Announcer />
      <ToastHost />
      {layer === "palette" ? <Palette onClose={() => setLayer(null)} /> : null}
      {layer === "help" ? (
        <ShortcutHelp singleKeys={settings?.single_key_shortcuts ?? true} onClose={() => setLayer(null)} />
      ) : null}
    </div>
  );
}
