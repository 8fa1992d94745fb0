import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { BrandMark } from "@/ui/brand-mark";
import { Kbd } from "@/ui/kbd";
import { NAV, isCurrent } from "./nav-items";
import { NavLink } from "./nav-link";
import type { Badges } from "./use-badges";

export interface SidebarProps {
  path: string;
  badges: Badges;
  onSearch: () => void;
  stopButton: ReactNode;
  userMenu: ReactNode;
}

/** The 220 px column beside the page, from 768 px up. */
export function Sidebar({ path, badges, onSearch, stopButton, userMenu }: SidebarProps) {
  return (
    <header className="flex w-[220px] shrink-0 flex-col gap-3 p-2.5 max-md:hidden">
      <p className="flex h-8 items-center gap-2 px-2 text-base font-semibold">
        <BrandMark /> SocialSeed
      </p>
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 shrink-0 items-center gap-2 rounded-md border border-line-strong bg-surface px-2 text-sm whitespace-nowrap text-ink-2 hover:bg-raised"
      >
        <Search aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
        Search or jump to
        <span className="ml-auto">
          <Kbd keys="mod+k" />
        </span>
      </button>
      <nav
        aria-label="Main"
        className="scroll-thin -mx-1 flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto px-1"
      >
        {NAV.map((group) => (
          <div key={group.heading ?? "main"} className="flex flex-col gap-px">
            {group.heading === null ? null : <p className="px-2 pb-1 text-xs text-ink-3">{group.heading}</p>}
            {group.items.map((item) => (
              <NavLink
                key={item.href}
                item={item}
                current={isCurrent(path, item.href)}
                count={item.badge === undefined ? 0 : badges[item.badge]}
              />
            ))}
          </div>
        ))}
      </nav>
      <div className="flex flex-col gap-2">
        {stopButton}
        {userMenu}
      </div>
    </header>
  );
}
