import {
  Activity,
  ChartLine,
  CircleCheckBig,
  Gauge,
  Inbox,
  LayoutGrid,
  Settings,
  Target,
  UsersRound,
  type LucideIcon,
} from "lucide-react";

export interface NavItem {
  href: string;
  label: string;
  icon: LucideIcon;
  keys: string;
  badge?: "approvals" | "tasks";
}

export interface NavGroup {
  heading: string | null;
  items: readonly NavItem[];
}

/** The one list of places, for the sidebar, the bottom bar, the palette and the keys. */
export const NAV: readonly NavGroup[] = [
  {
    heading: null,
    items: [
      { href: "/", label: "Overview", icon: LayoutGrid, keys: "g o" },
      { href: "/approvals/", label: "Approvals", icon: Inbox, keys: "g q", badge: "approvals" },
      { href: "/tasks/", label: "Tasks", icon: CircleCheckBig, keys: "g t", badge: "tasks" },
      { href: "/activity/", label: "Activity", icon: Activity, keys: "g v" },
    ],
  },
  {
    heading: "Growth",
    items: [
      { href: "/accounts/", label: "Accounts", icon: UsersRound, keys: "g a" },
      { href: "/targeting/", label: "Targeting", icon: Target, keys: "g r" },
      { href: "/analytics/", label: "Analytics", icon: ChartLine, keys: "g n" },
    ],
  },
  {
    heading: "System",
    items: [
      { href: "/monitoring/", label: "Monitoring", icon: Gauge, keys: "g h" },
      { href: "/settings/", label: "Settings", icon: Settings, keys: "g s" },
    ],
  },
];

export const NAV_ITEMS: readonly NavItem[] = NAV.flatMap((group) => group.items);

/** "/" only for itself; others also for the pages below them. */
export function isCurrent(path: string, href: string): boolean {
  return href === "/" ? path === "/" : path === href || path.startsWith(href);
}
