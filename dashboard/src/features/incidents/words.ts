import type { Incident, IncidentBundle } from "@/api/types/incidents";

export const KIND_NAME: Record<Incident["kind"], string> = {
  breaker: "Paused after failures",
  warning: "Warned by the platform",
  reconnect: "Connection lost",
  egress: "Proxy down",
  silent_failure: "No effect seen",
};

type Outcome = NonNullable<IncidentBundle["attempts"][number]["outcome"]>;

export const OUTCOME_NAME: Record<Outcome, string> = {
  performed: "performed",
  not_performed: "not performed",
  unknown: "outcome unknown",
};
