import type { Metadata } from "next";
import { TargetingPage } from "@/features/targeting/targeting-page";

export const metadata: Metadata = { title: "Targeting" };

export default function Page() {
  return <TargetingPage />;
}
