"use client";

import { Ellipsis } from "lucide-react";
import dynamic from "next/dynamic";
import { useState, type ReactNode } from "react";
import { cx } from "@/lib/cx";
import { Link } from "@/ui/link";
import { NAV, isCurrent } from "./nav-items";
import type { Badges } from "./use-badges";

const MoreSheet = dynamic(() => import("./more-sheet").then((module) => module.MoreSheet), { ssr: false });

export interface BottomNavProps {
  path: string;
  badges: Badges;
  onSearch: () => void;
  stopButton: ReactNode;
  userMenu: ReactNode;
}

const ITEM = "focus-inset relative flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-2xs";

/** The same places within a thumb's reach, below 768 px. */
export function BottomNav({ path, badges, onSearch, stopButton, userMenu }: BottomNavProps) {
  const [more, setMore] = useState(false);
  return (
    <>
      <nav
        aria-label="Main, compact"
        className="fixed inset-x-0 bottom-0 z-30 flex h-[calc(56px+env(safe-area-inset-bottom))] border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {(NAV[0]?.items ?? []).map((item) => {
          const current = isCurrent(path, item.href);
          const count = item.badge === undefined ? 0 : badges[item.badge];
          const Icon = item.icon;
          return (
            <Link
              key={item.href}
              href={item.href}
              aria-current={current ? "page" : undefined}
              className={cx(ITEM, current ? "font-medium text-accent-text" : "text-ink-2")}
            >
              <Icon aria-hidden="true" className="size-5" strokeWidth={1.75} />
              {item.label}
              {count > 0 ? (
                <span className="absolute top-1 left-[calc(50%+4px)] rounded-full bg-accent px-1.5 text-[10px] leading-4 font-semibold text-accent-ink">
                  {count > 99 ? "99+" : count}
                  <span className="sr-only"> waiting</span>
                </span>
              ) : null}
            </Link>
          );
        })}
        <button
          type="button"
          aria-haspopup="dialog"
          className={cx(ITEM, "text-ink-2")}
          onClick={() => setMore(true)}
        >
          <Ellipsis aria-hidden="true" className="size-5" />
          More
        </button>
      </nav>
      {more ? (
        <MoreSheet
          path={path}
          onClose={() => setMore(false)}
          onSearch={onSearch}
          stopButton={stopButton}
          userMenu={userMenu}
        />
      ) : null}
    </>
  );
}
