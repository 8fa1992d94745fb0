"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import type { Candidate } from "@/api/types/targeting";
import { formatCompact } from "@/lib/format";
import { safeHref } from "@/lib/safe-href";
import { Avatar } from "@/ui/avatar";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { EmptyState } from "@/ui/empty-state";
import { ErrorState } from "@/ui/error-state";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { SkeletonRows } from "@/ui/skeleton";
import { candidatesQuery } from "./queries";

const STATE = { new: "New", proposed: "Proposed", skipped: "Left out" } as const;

function Row({ candidate }: { candidate: Candidate }) {
  const { person, post } = candidate;
  const text = post?.text ?? person.bio;
  const name = person.display_name ?? person.handle;
  const href = safeHref(person.url);
  return (
    <li
      className="flex gap-3 border-b px-4 py-2.5 last:border-b-0"
      data-testid="candidate-row"
      data-id={candidate.id}
    >
      <Avatar name={name} />
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          {href === undefined ? (
            <span className="truncate font-medium">{name}</span>
          ) : (
            <a href={href} target="_blank" rel="noreferrer" className="truncate font-medium hover:underline">
              {name}
            </a>
          )}
          <span className="truncate text-ink-3">@{person.handle}</span>
          {person.followers == null ? null : (
            <span className="whitespace-nowrap text-ink-3 max-sm:hidden">
              · {formatCompact(person.followers)} followers
            </span>
          )}
        </p>
        {text == null || text === "" ? null : <p className="line-clamp-2 text-ink-2">{text}</p>}
      </div>
      <div className="flex shrink-0 flex-col items-end gap-0.5">
        <span>
          <span className="text-xs text-ink-3">match </span>
          <span className="font-medium">{Math.round(candidate.score)}</span>
        </span>
        <span className="flex items-center gap-2">
          {candidate.state === "new" ? null : <Badge>{STATE[candidate.state]}</Badge>}
          <RelativeTime at={candidate.found_at} className="text-xs text-ink-3" />
        </span>
      </div>
    </li>
  );
}

/** Whom the rule found, newest first. */
export function Candidates({ id }: { id: string }) {
  const list = useInfiniteQuery(candidatesQuery(id));
  const items = list.data?.pages.flatMap((page) => page.items);
  return (
    <Section title="Candidates" note="newest first" flush>
      {items === undefined ? (
        list.isError ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : (
          <SkeletonRows rows={8} height={62} />
        )
      ) : items.length === 0 ? (
        <EmptyState
          title="Nobody found yet"
          text="Press “Discover now”, or wait: an active rule searches by itself."
        />
      ) : (
        <ul aria-label="Candidates" tabIndex={0} className="focus-inset">
          {items.map((candidate) => (
            <Row key={candidate.id} candidate={candidate} />
          ))}
        </ul>
      )}
      {list.hasNextPage ? (
        <div className="flex justify-center border-t p-3">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      ) : null}
    </Section>
  );
}
