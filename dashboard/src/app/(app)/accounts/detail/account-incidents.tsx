"use client";

import { useSearchParams } from "next/navigation";
import { IncidentsPart } from "@/features/incidents/incidents-part";

/** The incidents of the account that the address names. */
export function AccountIncidents() {
  const id = useSearchParams().get("id") ?? "";
  return id === "" ? null : <IncidentsPart accountId={id} />;
}
