"use client";

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Platform } from "@/api/types/common";
import { PLATFORM_NAME } from "@/lib/words";
import { Button } from "@/ui/button";
import { ErrorNote, ErrorState } from "@/ui/error-state";
import { Field } from "@/ui/field";
import { Input } from "@/ui/input";
import { PlatformMark } from "@/ui/platform-mark";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { Select } from "@/ui/select";
import { SkeletonRows } from "@/ui/skeleton";
import { showToast } from "@/ui/toast";
import { toastProblem } from "@/ui/toast-problem";
import { contactAgain, leaveAlone, leftAloneQuery, type LeftAlone } from "./queries";

const BECAUSE = [
  { value: "their_wish", label: "They asked for it: for good" },
  { value: "our_choice", label: "Our own choice: an owner may undo it" },
] as const;

/** The people whom no account of the workspace turns to. */
export function LeftAlonePart({ role }: { role: string | undefined }) {
  const client = useQueryClient();
  const people = useInfiniteQuery(leftAloneQuery);
  const refresh = () => client.invalidateQueries({ queryKey: leftAloneQuery.queryKey });
  const undo = useMutation({
    mutationFn: contactAgain,
    onSuccess: refresh,
    onError: (error) => toastProblem("Not undone", error),
  });
  const items = people.data?.pages.flatMap((page) => page.items);
  return (
    <Section title="People left alone" note="no account of the workspace turns to them">
      <div className="flex flex-col gap-4">
        {role === undefined || role === "viewer" ? null : <Add onAdded={refresh} />}
        {items === undefined ? (
          people.isError ? (
            <ErrorState error={people.error} onRetry={() => void people.refetch()} />
          ) : (
            <SkeletonRows rows={1} />
          )
        ) : items.length === 0 ? (
          <p className="text-ink-3">Nobody so far.</p>
        ) : (
          <ul aria-label="People left alone">
            {items.map((one) => (
              <li
                key={`${one.platform}/${one.handle}`}
                className="flex min-h-10 items-center gap-2 border-b last:border-b-0"
              >
                <PlatformMark platform={one.platform} className="size-4" />
                <span className="min-w-0 flex-1 truncate">@{one.handle}</span>
                <span className="text-ink-3">
                  {one.because === "their_wish" ? "their wish" : "our choice"} ·{" "}
                  <RelativeTime at={one.since} form="words" />
                </span>
                {one.because === "our_choice" && role === "owner" ? (
                  <Button busy={undo.isPending} onClick={() => undo.mutate(one)}>
                    Undo
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        )}
        {people.hasNextPage ? (
          <Button busy={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
            Earlier ones
          </Button>
        ) : null}
      </div>
    </Section>
  );
}

function Add({ onAdded }: { onAdded: () => unknown }) {
  const [platform, setPlatform] = useState<Platform>("tiktok");
  const [typed, setTyped] = useState("");
  const [because, setBecause] = useState<LeftAlone["because"]>("their_wish");
  const handle = typed.trim().replace(/^@/u, "");
  const add = useMutation({
    mutationFn: () => leaveAlone({ platform, handle, because }),
    onSuccess: ({ cancelled }) => {
      setTyped("");
      void showToast({
        text: `@${handle} is left alone${cancelled > 0 ? `; ${cancelled} open actions cancelled` : ""}`,
      });
      return onAdded();
    },
  });
  return (
    <form
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      {add.isError ? <ErrorNote error={add.error} /> : null}
      <Field label="Platform" className="w-32">
        {(control) => (
          <Select
            {...control}
            value={platform}
            onChange={(event) => setPlatform(event.target.value as Platform)}
            options={Object.entries(PLATFORM_NAME).map(([value, label]) => ({ value, label }))}
          />
        )}
      </Field>
      <Field label="Handle" className="w-44">
        {(control) => <Input {...control} value={typed} onChange={(event) => setTyped(event.target.value)} />}
      </Field>
      <Field label="Why" className="w-72 max-w-full">
        {(control) => (
          <Select
            {...control}
            value={because}
            onChange={(event) => setBecause(event.target.value as LeftAlone["because"])}
            options={BECAUSE}
          />
        )}
      </Field>
      <Button type="submit" busy={add.isPending} disabled={handle === ""}>
        Leave alone
      </Button>
    </form>
  );
}
