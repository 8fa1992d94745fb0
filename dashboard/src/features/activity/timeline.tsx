import type { TimelineItem } from "@/api/types/actions";
import { formatInstant } from "@/lib/format";
import { RelativeTime } from "@/ui/relative-time";

/** What happened, in order: a sentence, who did it and when. */
export function Timeline({ items }: { items: readonly TimelineItem[] }) {
  const ordered = [...items].sort((a, b) => a.seq - b.seq);
  return (
    <ol>
      {ordered.map((item, at) => (
        <li key={item.seq} data-testid="timeline-item" data-type={item.type} className="flex gap-3">
          <span aria-hidden="true" className="flex w-2 flex-col items-center">
            <span className={`h-2 w-px ${at === 0 ? "" : "bg-line-strong"}`} />
            <span className="size-2 shrink-0 rounded-full border-2 border-control" />
            <span className={`w-px flex-1 ${at === ordered.length - 1 ? "" : "bg-line-strong"}`} />
          </span>
          <span className="min-w-0 flex-1 pb-3">
            <span className="block">{item.sentence}</span>
            <span className="block text-xs text-ink-3">
              {item.actor.name} · {formatInstant(item.at)} · <RelativeTime at={item.at} form="words" />
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
