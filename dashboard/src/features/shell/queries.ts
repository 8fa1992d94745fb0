import { api, leaveToLogin } from "@/api/client";
import type { Profile, SettingsChange } from "@/api/types/users";

export function saveSettings(change: SettingsChange): Promise<Profile> {
  return api.put<Profile>("/users/settings", change);
}

export function signOut(): Promise<undefined> {
  return api.post<undefined>("/auth/logout", undefined, { noRefresh: true });
}

/** After signing out: nothing of this session stays in memory. */
export function endSession(): void {
  leaveToLogin(false);
}
