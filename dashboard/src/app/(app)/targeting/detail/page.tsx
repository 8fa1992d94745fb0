import type { Metadata } from "next";
import { Suspense } from "react";
import { RulePage } from "@/features/targeting/detail-page";

export const metadata: Metadata = { title: "Targeting rule" };

export default function Page() {
  return (
    <Suspense>
      <RulePage />
    </Suspense>
  );
}
