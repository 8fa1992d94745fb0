"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "@/lib/cx";
import { IconButton } from "./icon-button";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** "dialog" in the middle; "sheet" at the right edge, from the bottom below 768 px; "bare" has no heading. */
  form?: "dialog" | "sheet" | "bare";
  /** Buttons, pinned below the content. */
  footer?: ReactNode;
  className?: string;
  children: ReactNode;
}

const FORMS = {
  dialog:
    "animate-rise left-1/2 top-1/2 w-[min(30rem,calc(100vw-2rem))] max-h-[calc(100dvh-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-xl border",
  sheet:
    "animate-slide inset-y-0 right-0 w-[min(32rem,100vw)] border-l max-md:inset-x-0 max-md:top-auto max-md:bottom-0 max-md:max-h-[85dvh] max-md:w-full max-md:rounded-t-xl max-md:border-t max-md:border-l-0",
  bare: "animate-rise left-1/2 top-[12vh] w-[min(36rem,calc(100vw-2rem))] max-h-[70dvh] -translate-x-1/2 rounded-xl border",
} as const;

/** A modal layer: keeps the focus inside, gives it back on closing, closes with Escape. Load it with its feature. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  form = "dialog",
  footer,
  className,
  children,
}: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="animate-fade fixed inset-0 z-40 bg-shade" />
        <Radix.Content
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          className={cx(
            "fixed z-50 flex flex-col overflow-hidden bg-surface shadow-xl",
            FORMS[form],
            className,
          )}
        >
          {form === "bare" ? (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          ) : (
            <div className="flex items-start gap-3 px-4 pt-3.5 pb-2">
              <div className="min-w-0 flex-1">
                <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
                {description === undefined ? null : (
                  <Radix.Description className="mt-0.5 text-ink-2">{description}</Radix.Description>
                )}
              </div>
              <Radix.Close asChild>
                <IconButton label="Close" icon={<X aria-hidden="true" className="size-4" />} />
              </Radix.Close>
            </div>
          )}
          <div
            className={cx("scroll-thin min-h-0 flex-1 overflow-y-auto", form !== "bare" && "px-4 pt-1 pb-4")}
          >
            {children}
          </div>
          {footer === undefined ? null : (
            <div className="flex items-center justify-end gap-2 border-t px-4 py-3">{footer}</div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
