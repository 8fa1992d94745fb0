import type { Action } from "@/api/types/actions";
import { ACTION_NAME, STATUS_NAME } from "@/lib/words";
import { Badge } from "@/ui/badge";
import { Light } from "@/ui/light";
import { Link } from "@/ui/link";
import { PlatformMark } from "@/ui/platform-mark";
import { RelativeTime } from "@/ui/relative-time";
import { proofOf, STATUS_TONE, whoOf } from "./words";

/** One action in one line; two on a phone. */
export function ActivityRow({ row }: { row: Action }) {
  const proof = proofOf(row);
  const words = row.target_data.text ?? row.failure?.sentence ?? "";
  return (
    <Link
      href={`/activity/detail/?id=${row.id}`}
      data-testid="activity-row"
      data-id={row.id}
      data-status={row.status}
      className="focus-inset flex min-h-11 items-center gap-2 px-4 py-1.5 hover:bg-raised/60 max-md:flex-wrap max-md:py-2"
    >
      <Light light={row.light} />
      <PlatformMark platform={row.account.platform} />
      <span className="min-w-0 truncate md:w-64 md:shrink-0 max-md:flex-1">
        <span className="font-medium">
          {ACTION_NAME[row.action_type]} {whoOf(row)}
        </span>{" "}
        <span className="text-ink-2">as @{row.account.username}</span>
      </span>
      <span className="min-w-0 flex-1 truncate text-ink-2 max-lg:hidden">{words}</span>
      <span className="ml-auto flex items-center gap-2 max-md:ml-0 max-md:w-full">
        {proof === null ? null : <span className="text-xs text-ink-3">{proof}</span>}
        <Badge tone={STATUS_TONE[row.status]}>{STATUS_NAME[row.status]}</Badge>
        <RelativeTime
          at={row.settled_at ?? row.created_at}
          className="w-9 text-right text-xs text-ink-2 max-md:ml-auto"
        />
      </span>
    </Link>
  );
}
