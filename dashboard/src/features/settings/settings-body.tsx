"use client";

import { useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import type { Profile } from "@/api/types/users";
import { Tabs, type Tab } from "@/ui/tabs";
import { EgressPart } from "./egress-part";
import { KeysPart } from "./keys-part";
import { LedgerPart } from "./ledger-part";
import { MembersPart } from "./members-part";
import { PrivacyPart } from "./privacy-part";
import { SessionsPart } from "./sessions-part";
import { WorkspacePart } from "./workspace-part";
import { YouPart } from "./you-part";

type Place =
  "you" | "workspace" | "safety" | "members" | "keys" | "egress" | "platforms" | "sessions" | "privacy";

const PLACES: readonly Place[] = [
  "you",
  "workspace",
  "safety",
  "members",
  "keys",
  "egress",
  "platforms",
  "sessions",
  "privacy",
];

/** `safety` are the workspace's numbers, which another feature owns. */
export function SettingsBody({ profile, safety }: { profile: Profile; safety: ReactNode }) {
  const asked = useSearchParams().get("tab");
  const place = PLACES.find((entry) => entry === asked) ?? "you";
  const tabs: Tab<Place>[] = [
    { value: "you", label: "You", content: () => <YouPart profile={profile} /> },
    { value: "workspace", label: "Workspace", content: () => <WorkspacePart profile={profile} /> },
    { value: "safety", label: "Safety", content: () => safety },
    { value: "members", label: "Members", content: () => <MembersPart profile={profile} /> },
    { value: "keys", label: "API keys", content: () => <KeysPart /> },
    { value: "egress", label: "Egress", content: () => <EgressPart /> },
    { value: "platforms", label: "Platforms", content: () => <LedgerPart /> },
    { value: "sessions", label: "Sessions", content: () => <SessionsPart /> },
    { value: "privacy", label: "Privacy", content: () => <PrivacyPart profile={profile} /> },
  ];
  return (
    <div className="[&_section>div]:max-w-3xl">
      <Tabs
        label="Settings"
        value={place}
        tabs={tabs}
        // The browser's own history: a tab is not a page to fetch, and useSearchParams follows it.
        onChange={(next) =>
          window.history.replaceState(null, "", next === "you" ? "/settings/" : `/settings/?tab=${next}`)
        }
      />
    </div>
  );
}
