"use client";

import type { AccountPlan } from "@/api/types/accounts";
import { useNow } from "@/lib/clock";
import { cx } from "@/lib/cx";
import { formatTime } from "@/lib/format";
import {
  countKinds,
  dayShape,
  percentOf,
  planSentence,
  SLOT_WORD,
  slotKind,
  type DayShape,
  type SlotKind,
} from "./plan-shape";

/** Each kind has its own shape, height and colour: none of them rests on colour alone. */
const MARK: Record<SlotKind, string> = {
  done: "top-[26px] size-2.5 rounded-full bg-accent",
  due: "top-[26px] size-2.5 rounded-full border-2 border-accent bg-surface",
  waiting: "top-[25px] size-2.5 rotate-45 border-2 border-yellow bg-surface",
  missed: "top-[26px] size-2.5 rounded-[2px] bg-red",
  free: "top-[22px] h-[18px] w-0.5 bg-control",
};

const LEGEND: Record<SlotKind, string> = {
  done: "size-2.5 rounded-full bg-accent",
  due: "size-2.5 rounded-full border-2 border-accent",
  waiting: "size-2 rotate-45 border-2 border-yellow",
  missed: "size-2.5 rounded-[2px] bg-red",
  free: "h-3 w-0.5 bg-control",
};

function Span({ shape, start, end, look }: { shape: DayShape; start: string; end: string; look: string }) {
  const left = percentOf(shape, Date.parse(start));
  return (
    <span
      className={cx("absolute", look)}
      style={{ left: `${left}%`, width: `${percentOf(shape, Date.parse(end)) - left}%` }}
    />
  );
}

/** The day as a picture: waking hours, sessions within them, and every slot at its minute. */
export function DayPicture({ plan }: { plan: AccountPlan }) {
  const now = useNow();
  const shape = dayShape(plan);
  const counts = countKinds(plan.slots);
  const inside = now >= shape.from && now <= shape.to;
  return (
    <div>
      <div role="img" aria-label={planSentence(plan)} className="relative pt-5">
        <div className="relative h-16 overflow-hidden rounded-md bg-raised">
          <Span
            shape={shape}
            {...plan.waking}
            look="inset-y-0 border-x border-line-strong bg-surface border-y"
          />
          {plan.sessions.map((session) => (
            <Span
              key={session.start}
              shape={shape}
              {...session}
              look="inset-y-2 rounded-sm border border-accent/40 bg-accent-soft"
            />
          ))}
          {plan.slots.map((slot, at) => (
            <span
              key={slot.action_id ?? `${slot.at}-${at}`}
              className={cx("absolute -translate-x-1/2", MARK[slotKind(slot)])}
              style={{ left: `${percentOf(shape, Date.parse(slot.at))}%` }}
            />
          ))}
        </div>
        {inside ? (
          <span className="absolute top-4 h-[68px] w-px bg-ink" style={{ left: `${percentOf(shape, now)}%` }}>
            <span className="absolute -top-4 -translate-x-1/2 text-2xs font-medium whitespace-nowrap">
              {formatTime(new Date(now).toISOString(), plan.timezone)}
            </span>
          </span>
        ) : null}
        <div aria-hidden="true" className="relative mt-1.5 h-4 text-xs text-ink-3">
          {shape.hours.slice(1, -1).map((at, index) => (
            <span
              key={at}
              className={cx(
                "absolute -translate-x-1/2",
                index % 2 === 1 && "hidden",
                index % 4 === 2 && "max-md:hidden",
              )}
              style={{ left: `${percentOf(shape, at)}%` }}
            >
              {formatTime(new Date(at).toISOString(), plan.timezone)}
            </span>
          ))}
        </div>
      </div>
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-ink-2">
        {(Object.keys(counts) as SlotKind[]).map((kind) => (
          <li key={kind} className="flex items-center gap-2">
            <span aria-hidden="true" className={cx("inline-block", LEGEND[kind])} />
            {SLOT_WORD[kind]} <span className="font-medium text-ink">{counts[kind]}</span>
          </li>
        ))}
        <li className="flex items-center gap-2">
          <span aria-hidden="true" className="h-3 w-4 rounded-sm border border-accent/40 bg-accent-soft" />
          Session
        </li>
      </ul>
    </div>
  );
}
