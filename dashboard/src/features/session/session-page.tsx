"use client";

import { LoginForm } from "./login-form";
import { RegisterForm } from "./register-form";

/** Both forms from one entry, so that the browser fetches what they share once. */
export function SessionPage({ form }: { form: "login" | "register" }) {
  return form === "login" ? <LoginForm /> : <RegisterForm />;
}
