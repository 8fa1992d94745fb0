"use client";

import { lazy, Suspense, useSyncExternalStore } from "react";
import { createStore } from "@/lib/store";

export interface ToastInput {
  text: string;
  detail?: string | undefined;
  kind?: "plain" | "success" | "error" | undefined;
  action?: { label: string; run: () => void } | undefined;
  /** How long it stays; 6 s, or 10 s with an action, which is how long the server holds a send. */
  ms?: number | undefined;
  /** A toast with the same id replaces the one before. */
  id?: string | undefined;
}

const used = createStore(false);
const Toaster = lazy(() => import("sonner").then((module) => ({ default: module.Toaster })));

/** Shows a toast. The library arrives with the first one. */
export async function showToast(input: ToastInput): Promise<void> {
  used.set(true);
  const { toast } = await import("sonner");
  const show = { plain: toast, success: toast.success, error: toast.error }[input.kind ?? "plain"];
  const { action } = input;
  show(input.text, {
    duration: input.ms ?? (action === undefined ? 6000 : 10_000),
    ...(input.detail === undefined ? {} : { description: input.detail }),
    ...(input.id === undefined ? {} : { id: input.id }),
    ...(action === undefined ? {} : { action: { label: action.label, onClick: () => action.run() } }),
  });
}

export async function dismissToast(id: string): Promise<void> {
  const { toast } = await import("sonner");
  toast.dismiss(id);
}

/** Where toasts appear; mounted once, by the shell. */
export function ToastHost() {
  const on = useSyncExternalStore(used.subscribe, used.get, () => false);
  if (!on) return null;
  return (
    <Suspense>
      <Toaster
        position="bottom-center"
        offset={{ bottom: "var(--toast-bottom, 24px)" }}
        mobileOffset={{ bottom: "var(--toast-bottom, 76px)" }}
        toastOptions={{
          style: {
            background: "var(--surface)",
            color: "var(--ink)",
            border: "1px solid var(--line-strong)",
            fontFamily: "var(--font-inter), ui-sans-serif, system-ui, sans-serif",
            fontSize: "0.8125rem",
          },
        }}
      />
    </Suspense>
  );
}
