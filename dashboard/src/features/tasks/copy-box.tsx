"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/ui/button";
import { copyText } from "./copy-text";

const SHOWN_MS = 2500;

/** The prepared words and the button that copies them, which says when it has. */
export function CopyBox({ text, keys }: { text: string; keys: string }) {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  async function copy() {
    clearTimeout(timer.current);
    setState((await copyText(text)) ? "copied" : "failed");
    timer.current = setTimeout(() => setState("idle"), SHOWN_MS);
  }

  return (
    <div className="rounded-lg border border-line-strong">
      <p data-testid="prepared-text" className="px-4 py-3 text-base whitespace-pre-wrap select-all">
        {text}
      </p>
      <div className="flex items-center gap-2 border-t px-2 py-2">
        <Button
          size="decision"
          keys={keys}
          data-testid="copy-text"
          className="max-md:h-11 max-md:flex-1"
          icon={
            state === "copied" ? (
              <Check aria-hidden="true" className="size-4 text-green-text" />
            ) : (
              <Copy aria-hidden="true" className="size-4" />
            )
          }
          onClick={() => void copy()}
        >
          {state === "copied" ? "Copied" : "Copy text"}
        </Button>
        <span role="status" className={state === "failed" ? "text-red-text" : "sr-only"}>
          {state === "copied" ? "Copied to the clipboard" : ""}
          {state === "failed" ? "Not copied. Select the text and copy it by hand." : ""}
        </span>
      </div>
    </div>
  );
}
