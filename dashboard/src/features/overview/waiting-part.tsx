import type { OverviewFigures } from "@/api/types/analytics";
import type { LightColour } from "@/api/types/common";
import { formatCount } from "@/lib/format";
import { buttonClass } from "@/ui/button";
import { Light } from "@/ui/light";
import { Link } from "@/ui/link";
import { RelativeTime } from "@/ui/relative-time";
import { Section } from "@/ui/section";
import { ShareBar } from "@/ui/share-bar";
import { Skeleton } from "@/ui/skeleton";

const PARTS: { light: LightColour; word: string }[] = [
  { light: "red", word: "High" },
  { light: "yellow", word: "Medium" },
  { light: "green", word: "Low" },
];

export function WaitingPart({
  waiting,
  failed,
}: {
  waiting: OverviewFigures["waiting"] | undefined;
  failed: boolean;
}) {
  return (
    <Section title="Waiting for you">
      {waiting === undefined ? (
        failed ? (
          <p className="text-ink-3">Not known now.</p>
        ) : (
          <Skeleton className="h-[76px] w-full" />
        )
      ) : (
        <Waiting waiting={waiting} />
      )}
    </Section>
  );
}

function Waiting({ waiting }: { waiting: OverviewFigures["waiting"] }) {
  const total = waiting.green + waiting.yellow + waiting.red;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-2">
        <span className="text-2xl font-semibold tracking-tight">{formatCount(total)}</span>
        <span className="min-w-0 flex-1 truncate text-ink-2">
          {total === 0 ? (
            "Nothing to decide"
          ) : (
            <>
              {total === 1 ? "draft" : "drafts"}
              {waiting.oldest_at === null ? null : (
                <>
                  , oldest <RelativeTime at={waiting.oldest_at} />
                </>
              )}
            </>
          )}
        </span>
        <Link href="/approvals/" className={buttonClass("secondary")}>
          Review
        </Link>
      </div>
      <ShareBar
        label="Waiting by risk"
        parts={PARTS.map(({ light, word }) => ({
          label: word.toLowerCase(),
          value: waiting[light],
          tone: light,
        }))}
      />
      <ul aria-label="Waiting by risk" className="flex justify-between gap-2">
        {PARTS.map(({ light, word }) => (
          <li key={light} className="flex items-center gap-1.5">
            <Light light={light} />
            <span className="font-medium">{formatCount(waiting[light])}</span>
            <span className="text-ink-2">{word}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
