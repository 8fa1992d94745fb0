import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import { networkProblem, problemFrom } from "@/api/problem";
import type { Alert, PlatformHealth, Readiness } from "@/api/types/system";

const EVERY_MS = 30_000;

export const platformHealthQuery = queryOptions({
  queryKey: ["platform-health"],
  queryFn: ({ signal }) => api.get<PlatformHealth>("/platform-health", { signal }),
  refetchInterval: EVERY_MS,
});

export const alertsQuery = queryOptions({
  queryKey: ["monitoring", "alerts"],
  queryFn: ({ signal }) => api.get<{ items: Alert[] }>("/monitoring/alerts", { signal }),
  refetchInterval: EVERY_MS,
});

/** The probe stands at the root, outside the API, and answers 503 with the same body when not ready. */
async function readReadiness(signal: AbortSignal): Promise<Readiness> {
  let response: Response;
  try {
    response = await fetch("/health/ready", { signal, headers: { accept: "application/json" } });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw networkProblem();
  }
  if (!response.ok && response.status !== 503) throw await problemFrom(response);
  return (await response.json()) as Readiness;
}

export const readinessQuery = queryOptions({
  queryKey: ["monitoring", "readiness"],
  queryFn: ({ signal }) => readReadiness(signal),
  refetchInterval: EVERY_MS,
});
