"use client";

import { useQuery } from "@tanstack/react-query";
import { StopList } from "@/features/stops/stop-list";
import { accountChoicesQuery } from "@/lib/shared-queries";

/** The stops' own list, with the accounts' names: two features meet here, above both. */
export function ActiveStops() {
  const accounts = useQuery(accountChoicesQuery);
  return <StopList accounts={accounts.data?.items ?? []} />;
}
