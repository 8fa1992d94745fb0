import type { ReactNode } from "react";

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** Why it is empty and what fills it. */
  text?: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon, title, text, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center gap-1.5 px-4 py-12 text-center">
      {icon === undefined ? null : <span className="mb-1 text-ink-3">{icon}</span>}
      <p className="text-base font-semibold">{title}</p>
      {text === undefined ? null : <p className="text-ink-2">{text}</p>}
      {action === undefined ? null : <div className="mt-2">{action}</div>}
    </div>
  );
}
