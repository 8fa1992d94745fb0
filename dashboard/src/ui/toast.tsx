"use client";

import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { createStore } from "@/lib/store";
import { Button } from "./button";
import { IconButton } from "./icon-button";
import { Light } from "./light";

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

interface Shown extends ToastInput {
  id: string;
  /** Counts up with every showing, so that a replaced toast starts its time anew. */
  turn: number;
}

const MOST = 3;
const NONE: readonly Shown[] = [];
const shown = createStore<readonly Shown[]>(NONE);
let turns = 0;

/** Shows a toast below the others; at most three stay. */
export function showToast(input: ToastInput): Promise<void> {
  turns += 1;
  const id = input.id ?? `toast-${turns}`;
  const others = shown.get().filter((entry) => entry.id !== id);
  shown.set([...others, { ...input, id, turn: turns }].slice(-MOST));
  return Promise.resolve();
}

export function dismissToast(id: string): Promise<void> {
  shown.set(shown.get().filter((entry) => entry.id !== id));
  return Promise.resolve();
}

/** Where toasts appear; mounted once, by the shell. Only failures are read out. */
export function ToastHost() {
  const toasts = useSyncExternalStore(shown.subscribe, shown.get, () => NONE);
  return (
    <section
      aria-label="Notifications"
      className="pointer-events-none fixed inset-x-0 bottom-[var(--toast-bottom,24px)] z-50 flex flex-col items-center gap-2 px-4 max-md:bottom-[var(--toast-bottom,76px)]"
    >
      {toasts.map((toast) => (
        <Toast key={`${toast.id}-${toast.turn}`} toast={toast} />
      ))}
    </section>
  );
}

function Toast({ toast }: { toast: Shown }) {
  const { id, text, detail, kind = "plain", action, ms = action === undefined ? 6000 : 10_000 } = toast;
  useEffect(() => {
    const timer = setTimeout(() => void dismissToast(id), ms);
    return () => clearTimeout(timer);
  }, [id, ms]);
  return (
    <div
      {...(kind === "error" ? { role: "alert" } : {})}
      data-testid="toast"
      data-kind={kind}
      className="animate-rise pointer-events-auto flex w-full max-w-sm items-center gap-2.5 rounded-lg border border-line-strong bg-surface py-2 pr-2 pl-3 shadow-lg"
    >
      {kind === "plain" ? null : <Light light={kind === "error" ? "red" : "green"} />}
      <p className="min-w-0 flex-1">
        <span className="block font-medium">{text}</span>
        {detail === undefined ? null : <span className="block text-xs text-ink-2">{detail}</span>}
      </p>
      {action === undefined ? null : (
        <Button
          onClick={() => {
            void dismissToast(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton
        label="Dismiss"
        icon={<X aria-hidden="true" className="size-3.5" />}
        onClick={() => void dismissToast(id)}
      />
    </div>
  );
}
