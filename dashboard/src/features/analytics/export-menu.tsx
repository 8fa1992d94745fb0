"use client";

import { useMutation } from "@tanstack/react-query";
import { ChevronDown, Download } from "lucide-react";
import { buttonClass } from "@/ui/button";
import { Menu, type MenuItem } from "@/ui/menu";
import { toastProblem } from "@/ui/toast-problem";
import { exportAddress, type ExportChoice } from "./queries";

const CHOICES: { label: string; what: ExportChoice["what"]; format: ExportChoice["format"] }[] = [
  { label: "Actions, CSV", what: "actions", format: "csv" },
  { label: "Actions, JSON", what: "actions", format: "json" },
  { label: "Growth, CSV", what: "growth", format: "csv" },
  { label: "Growth, JSON", what: "growth", format: "json" },
];

/** Saves a file without leaving the page. */
function save(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}

export function ExportMenu({ days }: { days: number }) {
  const download = useMutation({
    mutationFn: exportAddress,
    onSuccess: save,
    onError: (error) => toastProblem("Nothing was exported", error),
  });
  const items: (MenuItem | "line")[] = CHOICES.map(({ label, what, format }) => ({
    label,
    run: () => download.mutate({ what, format, days }),
  }));
  return (
    <Menu
      label="Export"
      items={items}
      trigger={
        <>
          <Download aria-hidden="true" className="size-4" />
          <span className="max-sm:sr-only">Export</span>
          <ChevronDown aria-hidden="true" className="size-3.5" />
        </>
      }
      triggerClassName={buttonClass("secondary")}
    />
  );
}
