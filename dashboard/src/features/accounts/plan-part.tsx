"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { AccountPlan } from "@/api/types/accounts";
import { formatDay, formatShare, formatTime, NO_VALUE } from "@/lib/format";
import { ACTION_NAME, STATUS_NAME } from "@/lib/words";
import { Button } from "@/ui/button";
import { ErrorState } from "@/ui/error-state";
import { IconButton } from "@/ui/icon-button";
import { Section } from "@/ui/section";
import { Skeleton } from "@/ui/skeleton";
import { Table, Td, Th, Tr } from "@/ui/table";
import { DayPicture } from "./day-picture";
import { shiftDay } from "./plan-shape";
import { accountPlanQuery } from "./queries";

/** How far a plan may be looked at, in days around today. */
const REACH = 6;

export function PlanPart({ id }: { id: string }) {
  const [shift, setShift] = useState(0);
  const today = useQuery(accountPlanQuery(id, null));
  const first = today.data?.on;
  const on = shift === 0 || first === undefined ? null : shiftDay(first, shift);
  const plan = useQuery(accountPlanQuery(id, on));
  const { data } = plan;
  return (
    <Section
      title={shift === 0 ? "Today's plan" : "Plan"}
      note={data === undefined ? undefined : `${formatDay(data.on)}, ${data.timezone.replaceAll("_", " ")}`}
      actions={
        <>
          {shift === 0 ? null : <Button onClick={() => setShift(0)}>Today</Button>}
          <IconButton
            label="Day before"
            disabled={shift <= -REACH}
            icon={<ChevronLeft aria-hidden="true" className="size-4" />}
            onClick={() => setShift(shift - 1)}
          />
          <IconButton
            label="Day after"
            disabled={shift >= REACH}
            icon={<ChevronRight aria-hidden="true" className="size-4" />}
            onClick={() => setShift(shift + 1)}
          />
        </>
      }
    >
      {plan.isError ? (
        <ErrorState error={plan.error} onRetry={() => void plan.refetch()} />
      ) : data === undefined ? (
        <Skeleton className="h-[178px] w-full" />
      ) : (
        <>
          <DayPicture plan={data} />
          <DayNote plan={data} />
          <SlotList plan={data} />
        </>
      )}
    </Section>
  );
}

/** What is special about this day, in words. */
function DayNote({ plan }: { plan: AccountPlan }) {
  const notes = [
    `At most ${plan.budget} ${plan.budget === 1 ? "action" : "actions"} on this day.`,
    ...(plan.quiet ? ["A quiet day: little is planned."] : []),
    ...(plan.ramp === null
      ? []
      : [`Day ${plan.ramp.day} after a pause: ${formatShare(plan.ramp.share)} of a full day.`]),
  ];
  return <p className="mt-2 text-ink-3">{notes.join(" ")}</p>;
}

function SlotList({ plan }: { plan: AccountPlan }) {
  const taken = plan.slots.filter((slot) => slot.status !== null);
  if (taken.length === 0) {
    return (
      <p className="mt-2 text-ink-3">
        Nothing stands in this plan yet: free slots are filled as proposals are approved.
      </p>
    );
  }
  return (
    <details className="mt-2">
      <summary className="w-fit text-ink-2 hover:text-ink">
        {taken.length === 1 ? "1 action as a list" : `${taken.length} actions as a list`}
      </summary>
      <div className="-mx-4 mt-1 border-t">
        <Table label="Actions of this day">
          <thead>
            <tr>
              <Th>At</Th>
              <Th>Action</Th>
              <Th>State</Th>
              <Th wide>Why then</Th>
            </tr>
          </thead>
          <tbody>
            {taken.map((slot) => (
              <Tr key={slot.action_id ?? slot.at}>
                <Td className="whitespace-nowrap">{formatTime(slot.at, plan.timezone)}</Td>
                <Td>
                  {slot.action_type === null ? NO_VALUE : ACTION_NAME[slot.action_type]}
                  {slot.target_account === null ? null : (
                    <span className="text-ink-3"> @{slot.target_account}</span>
                  )}
                </Td>
                <Td className="text-ink-2">{slot.status === null ? NO_VALUE : STATUS_NAME[slot.status]}</Td>
                <Td wide className="text-ink-3">
                  {slot.why}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </div>
    </details>
  );
}
