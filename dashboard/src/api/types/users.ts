import type { Role } from "./common";

export type ThemeChoice = "system" | "light" | "dark";

export interface Settings {
  single_key_shortcuts: boolean;
  theme: ThemeChoice;
  reduced_motion: boolean;
}

export interface WorkspaceSettings {
  no_self_approval: boolean;
  approval_ttl_hours: number;
}

export interface Workspace {
  id: string;
  name: string;
  role: Role;
  settings: WorkspaceSettings;
}

export interface Profile {
  id: string;
  email: string;
  display_name: string;
  created_at: string;
  settings: Settings;
  workspace: Workspace;
}

/** What PUT /users/settings takes: only what changes. */
export interface SettingsChange {
  single_key_shortcuts?: boolean;
  theme?: ThemeChoice;
  reduced_motion?: boolean;
  workspace?: { name?: string; no_self_approval?: boolean; approval_ttl_hours?: number };
}

export interface RegisterInput {
  email: string;
  password: string;
  display_name?: string;
  workspace_name?: string;
}

export interface LoginInput {
  email: string;
  password: string;
}

export interface TokenAnswer {
  access_token: string;
  token_type: "bearer";
  expires_in: number;
}

export interface Session {
  id: string;
  created_at: string;
  last_seen_at: string;
  user_agent: string;
  current: boolean;
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  created_at: string;
  last_used_at?: string | null;
}

/** The only answer that carries the key itself. */
export interface NewApiKey extends ApiKey {
  key: string;
}

/** `user_id` and `joined_at` are null while the person has not registered yet. */
export interface Member {
  user_id: string | null;
  email: string;
  display_name: string;
  role: Role;
  joined_at: string | null;
}

export interface Invitation {
  email: string;
  role: Role;
  created_at: string;
}
