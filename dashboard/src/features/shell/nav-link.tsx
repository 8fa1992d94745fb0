import { cx } from "@/lib/cx";
import { formatCount } from "@/lib/format";
import { Link } from "@/ui/link";
import type { NavItem } from "./nav-items";

export interface NavLinkProps {
  item: NavItem;
  current: boolean;
  count: number;
  onNavigate?: () => void;
}

export function NavLink({ item, current, count, onNavigate }: NavLinkProps) {
  const Icon = item.icon;
  return (
    <Link
      href={item.href}
      aria-current={current ? "page" : undefined}
      {...(onNavigate === undefined ? {} : { onClick: onNavigate })}
      className={cx(
        "flex h-[30px] items-center gap-2.5 rounded-md px-2 text-base max-md:h-11",
        current ? "bg-nav font-medium text-ink" : "text-ink-2 hover:bg-raised hover:text-ink",
      )}
    >
      <Icon
        aria-hidden="true"
        strokeWidth={1.75}
        className={cx("size-4", current ? "text-accent-text" : "text-ink-3")}
      />
      {item.label}
      {count > 0 ? (
        <span className="ml-auto rounded-full bg-accent-soft px-2 text-xs font-semibold text-ink">
          {formatCount(count)}
          <span className="sr-only"> waiting</span>
        </span>
      ) : null}
    </Link>
  );
}
