"use client";

import { useState } from "react";
import type { SelectOption } from "@/ui/select";
import { GrowthPart } from "./growth-part";
import { PerformancePart } from "./performance-part";

export function AnalyticsBody({ days, accounts }: { days: number; accounts: readonly SelectOption[] }) {
  const [account, setAccount] = useState(accounts[0]?.value ?? "");
  return (
    <>
      <GrowthPart days={days} accounts={accounts} account={account} onChoose={setAccount} />
      <PerformancePart days={days} accounts={accounts} />
    </>
  );
}
