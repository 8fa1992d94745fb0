import type { Metadata } from "next";
import { IncidentsPart } from "@/features/incidents/incidents-part";
import { MonitoringPage } from "@/features/monitoring/monitoring-page";
import { ActiveStops } from "./active-stops";

export const metadata: Metadata = { title: "Monitoring" };

export default function Page() {
  return <MonitoringPage stops={<ActiveStops />} incidents={<IncidentsPart />} />;
}
