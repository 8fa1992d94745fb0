import type { Metadata } from "next";
import { Suspense } from "react";
import { DetailPage } from "@/features/accounts/detail-page";

export const metadata: Metadata = { title: "Account" };

export default function Page() {
  return (
    <Suspense>
      <DetailPage />
    </Suspense>
  );
}
