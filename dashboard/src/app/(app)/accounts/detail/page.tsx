import type { Metadata } from "next";
import { Suspense } from "react";
import { DetailPage } from "@/features/accounts/detail-page";
import { AccountIncidents } from "./account-incidents";

export const metadata: Metadata = { title: "Account" };

export default function Page() {
  return (
    <Suspense>
      <DetailPage incidents={<AccountIncidents />} />
    </Suspense>
  );
}
