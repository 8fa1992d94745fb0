"use client";

import { X } from "lucide-react";
import { useId, useLayoutEffect, useRef, type PointerEvent, type ReactNode } from "react";
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
    "animate-slide inset-y-0 right-0 h-dvh max-h-none w-[min(32rem,100vw)] border-l max-md:inset-x-0 max-md:top-auto max-md:bottom-0 max-md:h-auto max-md:max-h-[85dvh] max-md:w-full max-md:rounded-t-xl max-md:border-t max-md:border-l-0",
  bare: "animate-rise left-1/2 top-[12vh] w-[min(36rem,calc(100vw-2rem))] max-h-[70dvh] -translate-x-1/2 rounded-xl border",
} as const;

/**
 * A modal layer: the page behind is inert, the focus goes in and comes back on closing, Escape and a press
 * beside it close it.
 */
export function Dialog({ open, ...rest }: DialogProps) {
  return open ? <OpenDialog {...rest} /> : null;
}

function OpenDialog({
  onOpenChange,
  title,
  description,
  form = "dialog",
  footer,
  className,
  children,
}: Omit<DialogProps, "open">) {
  const id = useId();
  const ref = useRef<HTMLDialogElement>(null);

  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog?.isConnected !== true) return undefined;
    dialog.showModal();
    // Closing before it leaves the page is what gives the focus back.
    return () => dialog.close();
  }, []);

  function pressed(event: PointerEvent) {
    const box = ref.current?.getBoundingClientRect();
    if (event.target !== ref.current || box === undefined) return;
    const { clientX: x, clientY: y } = event;
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) onOpenChange(false);
  }

  return (
    <dialog
      ref={ref}
      // The shortcuts look for these two.
      role="dialog"
      data-state="open"
      aria-labelledby={`${id}-title`}
      aria-describedby={description === undefined ? undefined : `${id}-description`}
      onCancel={(event) => {
        event.preventDefault();
        onOpenChange(false);
      }}
      onPointerDown={pressed}
      className={cx(
        "fixed inset-auto m-0 flex max-w-none flex-col overflow-hidden bg-surface p-0 text-ink shadow-xl backdrop:bg-shade",
        FORMS[form],
        className,
      )}
    >
      {form === "bare" ? (
        <h2 id={`${id}-title`} className="sr-only">
          {title}
        </h2>
      ) : (
        <div className="flex items-start gap-3 px-4 pt-3.5 pb-2">
          <div className="min-w-0 flex-1">
            <h2 id={`${id}-title`} className="text-lg font-semibold">
              {title}
            </h2>
            {description === undefined ? null : (
              <div id={`${id}-description`} className="mt-0.5 text-ink-2">
                {description}
              </div>
            )}
          </div>
          <IconButton
            label="Close"
            icon={<X aria-hidden="true" className="size-4" />}
            onClick={() => onOpenChange(false)}
          />
        </div>
      )}
      <div className={cx("scroll-thin min-h-0 flex-1 overflow-y-auto", form !== "bare" && "px-4 pt-1 pb-4")}>
        {children}
      </div>
      {footer === undefined ? null : (
        <div className="flex items-center justify-end gap-2 border-t px-4 py-3">{footer}</div>
      )}
    </dialog>
  );
}
