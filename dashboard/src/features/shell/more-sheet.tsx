"use client";

import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { NAV, isCurrent } from "./nav-items";
import { NavLink } from "./nav-link";

export interface MoreSheetProps {
  path: string;
  onClose: () => void;
  onSearch: () => void;
  stopButton: ReactNode;
  userMenu: ReactNode;
}

export function MoreSheet({ path, onClose, onSearch, stopButton, userMenu }: MoreSheetProps) {
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title="More" form="sheet">
      <div className="flex flex-col gap-3">
        <Button
          size="decision"
          icon={<Search aria-hidden="true" className="size-4" />}
          onClick={() => {
            onClose();
            onSearch();
          }}
        >
          Search or jump to
        </Button>
        <nav aria-label="More places" className="flex flex-col">
          {NAV.slice(1).flatMap((group) =>
            group.items.map((item) => (
              <NavLink
                key={item.href}
                item={item}
                current={isCurrent(path, item.href)}
                count={0}
                onNavigate={onClose}
              />
            )),
          )}
        </nav>
        {stopButton}
        {userMenu}
      </div>
    </Dialog>
  );
}
