import type { Account } from "@/api/types/accounts";
import type { Stop } from "@/api/types/system";
import type { Platform } from "@/api/types/common";
import { PLATFORM_NAME } from "@/lib/words";

/** What a stop covers: "Everything", "TikTok", "@mara on X", or "One account" while its name is unknown. */
export function stopScope(stop: Pick<Stop, "scope" | "scope_id">, accounts: readonly Account[] = []): string {
  if (stop.scope === "workspace") return "Everything";
  if (stop.scope === "platform") {
    return stop.scope_id === null ? "A platform" : PLATFORM_NAME[stop.scope_id as Platform];
  }
  const account = accounts.find((entry) => entry.id === stop.scope_id);
  return account === undefined ? "One account" : `@${account.username} on ${PLATFORM_NAME[account.platform]}`;
}
