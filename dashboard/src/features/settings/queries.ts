import { queryOptions } from "@tanstack/react-query";
import { api, leaveToLogin } from "@/api/client";
import type { Page, Role } from "@/api/types/common";
import type { LedgerPlatform } from "@/api/types/ledger";
import type { Consent, ExportJob } from "@/api/types/system";
import type {
  ApiKey,
  Invitation,
  Member,
  NewApiKey,
  Profile,
  Session,
  SettingsChange,
} from "@/api/types/users";

export const ledgerQuery = queryOptions({
  queryKey: ["settings", "ledger"],
  queryFn: ({ signal }) => api.get<{ items: LedgerPlatform[] }>("/platforms", { signal }),
});

export function saveSettings(change: SettingsChange): Promise<Profile> {
  return api.put<Profile>("/users/settings", change);
}

export function saveName(display_name: string): Promise<Profile> {
  return api.put<Profile>("/users/profile", { display_name });
}

export const sessionsQuery = queryOptions({
  queryKey: ["settings", "sessions"],
  queryFn: ({ signal }) => api.get<Page<Session>>("/auth/sessions", { signal }),
});

export function revokeSession(id: string): Promise<undefined> {
  return api.delete<undefined>(`/auth/sessions/${id}`);
}

export const apiKeysQuery = queryOptions({
  queryKey: ["settings", "api-keys"],
  queryFn: ({ signal }) => api.get<Page<ApiKey>>("/users/api-keys", { signal }),
});

export function createApiKey(name: string): Promise<NewApiKey> {
  return api.post<NewApiKey>("/users/api-keys", { name });
}

export function revokeApiKey(id: string): Promise<undefined> {
  return api.delete<undefined>(`/users/api-keys/${id}`);
}

export const membersQuery = queryOptions({
  queryKey: ["settings", "members"],
  queryFn: ({ signal }) => api.get<Page<Member>>("/users/members", { signal }),
});

export const invitationsQuery = queryOptions({
  queryKey: ["settings", "invitations"],
  queryFn: ({ signal }) => api.get<Page<Invitation>>("/users/invitations", { signal }),
});

export function addMember(input: { email: string; role: Role }): Promise<Member> {
  return api.post<Member>("/users/members", input);
}

export function changeRole({ id, role }: { id: string; role: Role }): Promise<Member> {
  return api.put<Member>(`/users/members/${id}`, { role });
}

export function removeMember(id: string): Promise<undefined> {
  return api.delete<undefined>(`/users/members/${id}`);
}

export function withdrawInvitation(email: string): Promise<undefined> {
  return api.delete<undefined>(`/users/invitations/${encodeURIComponent(email)}`);
}

interface Consents {
  items: Consent[];
}

export const consentsQuery = queryOptions({
  queryKey: ["settings", "consents"],
  queryFn: ({ signal }) => api.get<Consents>("/privacy/consents", { signal }),
});

export function saveConsent(kind: Consent["kind"], granted: boolean): Promise<Consents> {
  return api.put<Consents>("/privacy/consents", { items: [{ kind, granted }] });
}

export function askForExport(): Promise<ExportJob> {
  return api.post<ExportJob>("/privacy/export");
}

const POLL_MS = 2000;

/** Asked again until the file is ready or has failed. */
export function exportQuery(id: string) {
  return queryOptions({
    queryKey: ["settings", "export", id],
    queryFn: ({ signal }) => api.get<ExportJob>(`/privacy/export/${id}`, { signal }),
    enabled: id !== "",
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.status === "queued" ? POLL_MS : false,
  });
}

/** Deletes the person for good and leaves for the sign-in page. */
export async function deleteMe(password: string): Promise<void> {
  await api.delete<undefined>("/privacy/me", { password });
  leaveToLogin(false);
}
