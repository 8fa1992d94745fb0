export type EgressPreset = "iproyal" | "smartproxy" | "brightdata" | "custom";
export type EgressScheme = "http" | "https" | "socks5";

/** The proxy through which an account's calls leave. Its login is never told. */
export interface Egress {
  id: string;
  name: string;
  preset: EgressPreset;
  scheme: EgressScheme;
  host: string;
  port: number;
  country: string | null;
  has_login: boolean;
  /** Each account keeps the address that it got. */
  sticky: boolean;
  state: "unknown" | "ok" | "failing";
  checked_at: string | null;
  last_error: string | null;
  exit_address: string | null;
  /** How many accounts leave through it. */
  accounts: number;
}

export interface NewEgress {
  name: string;
  preset: EgressPreset;
  scheme: EgressScheme;
  host?: string;
  port?: number;
  country?: string;
  user?: string;
  password?: string;
}

export interface EgressPresetFacts {
  preset: EgressPreset;
  name: string;
  host: string | null;
  ports: Partial<Record<EgressScheme, number>>;
  country: boolean;
  note: string;
  source: string;
  as_of: string;
  unverified: string;
}
