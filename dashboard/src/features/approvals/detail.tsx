"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import type { ApiProblem } from "@/api/problem";
import type { Action } from "@/api/types/actions";
import { useNow } from "@/lib/clock";
import { formatDuration } from "@/lib/format";
import { safeHref } from "@/lib/safe-href";
import { ErrorNote } from "@/ui/error-state";
import { IconButton } from "@/ui/icon-button";
import { LightChip } from "@/ui/light";
import { PlatformMark } from "@/ui/platform-mark";
import { TargetCard } from "@/ui/target-card";
import { History } from "./history";
import type { Current } from "./use-approvals";
import { Why } from "./why";
import { aboutTitle, actsAs, stepAfter } from "./words";

export interface DetailProps {
  current: Current;
  total: number | null;
  problem: ApiProblem | undefined;
  region: RefObject<HTMLElement | null>;
  /** The draft, when there are words. */
  draft: ReactNode;
  onMove: (by: number) => void;
}

/** One action to decide: whom it is about, what would be said, why it has its light, what went before. */
export function Detail({ current, total, problem, region, draft, onMove }: DetailProps) {
  const { action, detail, gone } = current;
  const handle = handleOf(action);
  return (
    <section
      ref={region}
      tabIndex={-1}
      aria-label="Action to decide"
      data-testid="detail"
      data-id={action.id}
      className="scroll-thin min-h-0 flex-1 outline-none max-md:pb-36 md:overflow-y-auto"
    >
      <div className="flex flex-col gap-5 px-4 py-4 md:px-7 md:py-5">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <LightChip light={action.light} score={action.risk_score} />
          <h2 className="flex min-w-0 items-center gap-2 text-base">
            <PlatformMark platform={action.account.platform} />
            <span className="truncate">
              <span className="text-ink-2">{actsAs(action)}</span>{" "}
              <span className="font-medium">@{action.account.username}</span>
            </span>
          </h2>
          <span className="ml-auto flex items-center gap-1 text-ink-2">
            <Place place={current.place} total={total} />
            <Expiry at={action.expires_at} />
            <span className="ml-1 flex md:hidden">
              <IconButton
                label="Previous"
                icon={<ChevronLeft aria-hidden="true" className="size-5" />}
                className="size-9"
                onClick={() => onMove(-1)}
              />
              <IconButton
                label="Next"
                icon={<ChevronRight aria-hidden="true" className="size-5" />}
                className="size-9"
                onClick={() => onMove(1)}
              />
            </span>
          </span>
        </div>
        {gone === null ? null : (
          <p role="status" className="rounded-lg border bg-raised px-3 py-2">
            {gone} There is nothing left to decide here.
          </p>
        )}
        {action.deferred_because === null ? null : (
          <p className="rounded-lg border bg-raised px-3 py-2 text-ink-2">{action.deferred_because}</p>
        )}
        {problem === undefined ? null : <ErrorNote error={problem} step={stepAfter(problem)} />}
        <div>
          {handle !== null ? (
            <>
              <h3 className="mb-1.5 text-ink-2">{aboutTitle(action)}</h3>
              <TargetCard handle={handle} data={action.target_data} />
            </>
          ) : null}
          {handle !== null && draft !== null ? <ThreadLine /> : null}
          {draft}
          <Media action={action} />
        </div>
        <Why action={action} detail={detail} />
        {handle === null ? null : <History handle={handle} detail={detail} />}
      </div>
    </section>
  );
}

function handleOf({ target_account, target_data: { person, post } }: Action): string | null {
  return person?.handle ?? target_account ?? post?.author ?? null;
}

function ThreadLine() {
  return <span aria-hidden="true" className="ml-[27px] block h-3 w-px bg-line-strong" />;
}

function Place({ place, total }: { place: number | null; total: number | null }) {
  if (place === null) return null;
  return (
    <span className="whitespace-nowrap">
      {place} of {total === null ? "many" : Math.max(total, place)}
    </span>
  );
}

function Expiry({ at }: { at: string | null }) {
  const now = useNow();
  if (at === null || now === 0) return null;
  const seconds = (Date.parse(at) - now) / 1000;
  return (
    <span className="whitespace-nowrap">
      · {seconds <= 0 ? "expired" : `expires in ${formatDuration(seconds)}`}
    </span>
  );
}

function Media({ action }: { action: Action }) {
  const { media_url: address, alt_text: alt } = action.target_data;
  if (address === undefined) return null;
  const href = safeHref(address);
  return (
    <p className="mt-2 text-ink-2">
      Media:{" "}
      {href === undefined ? (
        address
      ) : (
        <a href={href} target="_blank" rel="noopener noreferrer" className="break-all underline">
          {address}
        </a>
      )}
      {alt === undefined ? null : <span className="block">Described as “{alt}”</span>}
    </p>
  );
}
