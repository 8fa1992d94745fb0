import type { Metadata } from "next";
import { ActivityDetailPage } from "@/features/activity/detail-page";

export const metadata: Metadata = { title: "Action" };

export default function Page() {
  return <ActivityDetailPage />;
}
