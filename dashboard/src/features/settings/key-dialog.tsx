"use client";

import { useState } from "react";
import type { NewApiKey } from "@/api/types/users";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";

/** The one time the key itself is shown. Closing it is for good. */
export function KeyDialog({ made, onClose }: { made: NewApiKey; onClose: () => void }) {
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");

  async function copy() {
    try {
      await navigator.clipboard.writeText(made.key);
      setCopied("yes");
    } catch {
      // Without permission or a secure origin the person copies by hand: the field selects itself.
      setCopied("failed");
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`API key “${made.name}”`}
      description="Copy it now: it is not shown again."
      footer={
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex items-end gap-2">
        <Field label="Key" className="flex-1">
          {(control) => (
            <Input
              {...control}
              readOnly
              value={made.key}
              className="font-mono"
              onFocus={(event) => event.target.select()}
            />
          )}
        </Field>
        <Button className="h-8" onClick={() => void copy()}>
          {copied === "yes" ? "Copied" : "Copy"}
        </Button>
      </div>
      <p role="status" className="mt-1 text-xs text-ink-3">
        {copied === "failed" ? "The browser did not allow it: select the key and copy it by hand." : ""}
      </p>
    </Dialog>
  );
}
