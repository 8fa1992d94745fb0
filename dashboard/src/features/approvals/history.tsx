import type { ActionDetail } from "@/api/types/actions";
import { formatDay } from "@/lib/format";
import { ACTION_NAME, STATUS_NAME } from "@/lib/words";
import { Link } from "@/ui/link";
import { Skeleton } from "@/ui/skeleton";

/** What this workspace's accounts did with the same person before. */
export function History({ handle, detail }: { handle: string; detail: ActionDetail | undefined }) {
  return (
    <section aria-labelledby="history">
      <h3 id="history" className="font-semibold">
        History with @{handle.replace(/^@/, "")}
      </h3>
      {detail === undefined ? (
        <div className="mt-1 flex h-9 items-center">
          <Skeleton className="h-3 w-2/3" />
        </div>
      ) : detail.with_person.length === 0 ? (
        <p className="mt-1 text-ink-2">None: this would be the first contact.</p>
      ) : (
        <ul className="mt-1">
          {detail.with_person.map((entry) => (
            <li
              key={entry.action_id}
              className="flex min-h-[30px] items-center gap-3 border-b py-1 last:border-b-0"
            >
              <span className="w-14 shrink-0 text-ink-2">{formatDay(entry.at)}</span>
              <Link
                href={`/activity/detail/?id=${entry.action_id}`}
                className="min-w-0 flex-1 truncate rounded-sm hover:underline"
              >
                {ACTION_NAME[entry.action_type]} by @{entry.account}
                {entry.text === null ? "" : `: ${entry.text}`}
              </Link>
              <span className="shrink-0 text-ink-2">{STATUS_NAME[entry.status]}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
