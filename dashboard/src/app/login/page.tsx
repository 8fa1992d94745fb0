import type { Metadata } from "next";
import { SessionPage } from "@/features/session/session-page";

export const metadata: Metadata = { title: "Sign in" };

export default function LoginPage() {
  return <SessionPage form="login" />;
}
