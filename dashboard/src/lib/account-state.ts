import type { Account } from "@/api/types/accounts";
import type { LightColour, Phase, Platform } from "@/api/types/common";
import { PLATFORM_NAME } from "./words";

/** What an account's row says of it, in one word and one light; a null light is drawn as a pause. */
export interface AccountStatus {
  word: string;
  light: LightColour | null;
}

const BY_NEED: Record<NonNullable<Account["needs"]>, AccountStatus> = {
  connect: { word: "Connect", light: "yellow" },
  reconnect: { word: "Reconnect", light: "red" },
  paused: { word: "Paused", light: null },
  stopped: { word: "Stopped", light: "red" },
};

const BY_LIGHT: Record<LightColour, AccountStatus> = {
  green: { word: "Active", light: "green" },
  yellow: { word: "Attention", light: "yellow" },
  red: { word: "At risk", light: "red" },
};

/** What the account needs comes before its light: a disconnected account is not "active". */
export function accountStatus(account: Pick<Account, "needs" | "light">): AccountStatus {
  return account.needs === null ? BY_LIGHT[account.light] : BY_NEED[account.needs];
}

export interface PhaseProgress {
  /** Days into the phase, and its length; both 1 in the last phase, which has no end. */
  done: number;
  of: number;
  /** "9/30" inside the phase's own days, else "day 75". */
  text: string;
}

const PHASE_DAYS = 30;
const FIRST_DAY: Record<Phase, number> = { phase_1: 1, phase_2: 31, phase_3: 61 };

/** How far an account is through its phase. A day count past the end means that something else is missing. */
export function phaseProgress(phase: Phase, programmeDay: number): PhaseProgress {
  if (phase === "phase_3") return { done: 1, of: 1, text: `day ${programmeDay}` };
  const into = programmeDay - FIRST_DAY[phase] + 1;
  const inside = into >= 1 && into <= PHASE_DAYS;
  return {
    done: Math.min(PHASE_DAYS, Math.max(0, into)),
    of: PHASE_DAYS,
    text: inside ? `${into}/${PHASE_DAYS}` : `day ${programmeDay}`,
  };
}

/** The name a person knows the account by: its display name, else its handle. */
export function accountName(account: Pick<Account, "display_name" | "username">): string {
  const name = account.display_name?.trim() ?? "";
  return name === "" ? account.username : name;
}

/** "@mara on X". */
export function accountLabel(account: { username: string; platform: Platform }): string {
  return `@${account.username} on ${PLATFORM_NAME[account.platform]}`;
}

export function accountHref(id: string): string {
  return `/accounts/detail/?id=${encodeURIComponent(id)}`;
}
