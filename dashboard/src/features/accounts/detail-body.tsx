"use client";

import type { ReactNode } from "react";
import type { AccountDetail } from "@/api/types/accounts";
import { useLiveEvents } from "@/lib/live";
import { AutonomyPart } from "./autonomy-part";
import { HealthPart } from "./health-part";
import { LimitsPart } from "./limits-part";
import { FactsPart, PhasePart } from "./phase-part";
import { PlanPart } from "./plan-part";
import { SetupPart } from "./setup-part";
import { useAccountRefresh } from "./use-account-refresh";

export function DetailBody({ account, incidents }: { account: AccountDetail; incidents: ReactNode }) {
  const refresh = useAccountRefresh(account.id);
  useLiveEvents(["account.", "action.", "health.", "stop."], (event) => {
    if (event.account_id === account.id || event.type.startsWith("stop.")) refresh();
  });
  return (
    <div className="xl:grid xl:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="min-w-0 max-xl:border-b xl:border-r">
        {incidents}
        <PlanPart id={account.id} />
        <LimitsPart limits={account.limits} />
        <HealthPart id={account.id} />
        <AutonomyPart id={account.id} />
        <SetupPart id={account.id} />
      </div>
      <div className="min-w-0">
        <PhasePart account={account} />
        <FactsPart account={account} />
      </div>
    </div>
  );
}
