"use client";

import { useQuery } from "@tanstack/react-query";
import { accountHref } from "@/lib/account-state";
import { ACTION_NAME } from "@/lib/words";
import { Light } from "@/ui/light";
import { Link } from "@/ui/link";
import { PlatformMark } from "@/ui/platform-mark";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { platformHealthQuery } from "./queries";

/** What pauses after failures in a row. Nothing is shown while nothing pauses. */
export function PausesPart() {
  const breakers = useQuery(platformHealthQuery).data?.breakers ?? [];
  if (breakers.length === 0) return null;
  return (
    <Section title="Pauses" note="after failures in a row; everything else goes on" flush>
      <ul aria-label="Pauses">
        {breakers.map((one) => (
          <li
            key={`${one.account_id} ${one.action_type}`}
            className="flex flex-wrap items-start gap-x-3 gap-y-1 border-b px-4 py-3 last:border-b-0"
            data-testid="pause"
          >
            <PlatformMark platform={one.platform} />
            <span className="min-w-0 flex-1 max-sm:basis-2/3">
              <span className="block font-medium wrap-anywhere">
                <Link href={accountHref(one.account_id)} className="underline">
                  @{one.username}
                </Link>{" "}
                · {ACTION_NAME[one.action_type]}
              </span>
              <span className="block text-ink-2">{one.sentence}</span>
            </span>
            {one.state === "open" ? (
              <span className="text-ink-3 max-sm:w-full max-sm:pl-8">
                tries again <RelativeTime at={one.until} form="words" />
              </span>
            ) : (
              <Light light="yellow" word="Trying" className="max-sm:w-full max-sm:pl-8" />
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
