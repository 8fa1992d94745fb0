import type { Metadata } from "next";
import { SessionPage } from "@/features/session/session-page";

export const metadata: Metadata = { title: "Create your account" };

export default function RegisterPage() {
  return <SessionPage form="register" />;
}
