"use client";

import { OctagonX } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/ui/button";

const StopDialog = dynamic(() => import("./stop-dialog").then((module) => module.StopDialog), { ssr: false });

/** Always within reach; what it opens is loaded with the first press. */
export function StopButton({ className = "w-full" }: { className?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        kind="danger-soft"
        size="decision"
        className={className}
        icon={<OctagonX aria-hidden="true" className="size-4" />}
        onClick={() => setOpen(true)}
      >
        Emergency stop
      </Button>
      {open ? <StopDialog open onOpenChange={setOpen} /> : null}
    </>
  );
}
