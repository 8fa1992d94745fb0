import type { Metadata } from "next";
import { SettingsPage } from "@/features/settings/settings-page";
import { Safety } from "./safety";

export const metadata: Metadata = { title: "Settings" };

export default function Page() {
  return <SettingsPage safety={<Safety />} />;
}
