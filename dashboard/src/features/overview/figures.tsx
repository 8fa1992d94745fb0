import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import type { OverviewFigures } from "@/api/types/analytics";
import { formatChange, formatCount, formatShare, NO_VALUE } from "@/lib/format";
import { Meter } from "@/ui/meter";
import { SparkLine } from "@/ui/spark-line";

function Figure({
  label,
  value,
  of,
  note,
  spark,
}: {
  label: string;
  value: string;
  of?: string;
  note: ReactNode;
  spark?: readonly number[];
}) {
  return (
    <li className="relative flex h-[92px] min-w-0 flex-col border-r border-b px-4 pt-3 even:max-lg:border-r-0 last:border-r-0 max-lg:last:col-span-2 lg:border-b-0">
      <span className="truncate text-ink-2">{label}</span>
      <span className="flex items-baseline gap-2 text-2xl font-semibold tracking-tight">
        {value}
        {of === undefined ? null : (
          <span className="text-sm font-normal tracking-normal text-ink-3">{of}</span>
        )}
      </span>
      <span className="flex items-center gap-1.5 truncate text-ink-2">{note}</span>
      {spark === undefined || spark.length < 2 ? null : (
        <SparkLine
          values={spark}
          tone="accent"
          className="absolute top-8 right-4 max-2xl:w-12 max-lg:max-[480px]:hidden"
        />
      )}
    </li>
  );
}

/** The direction in an arrow and a sign, never in colour alone. */
function Trend({ change, against }: { change: number | null; against: string }) {
  if (change === null) return <span className="text-ink-3">No earlier days to compare</span>;
  const Arrow = change > 0 ? ArrowUpRight : change < 0 ? ArrowDownRight : ArrowRight;
  const tone = change > 0 ? "text-green-text" : change < 0 ? "text-red-text" : "text-ink-3";
  return (
    <>
      <Arrow aria-hidden="true" className={`size-4 shrink-0 ${tone}`} />
      <span className="truncate">
        {formatChange(change)} {against}
      </span>
    </>
  );
}

function attention(count: number): string {
  if (count === 0) return "None needs attention";
  return count === 1 ? "1 needs attention" : `${count} need attention`;
}

export function Figures({ data }: { data: OverviewFigures }) {
  const { followers, engagements, actions_today: today, approved_without_edits: plain, fleet_health } = data;
  const share = today.limit > 0 ? today.used / today.limit : null;
  return (
    <ul aria-label="Key figures" className="grid grid-cols-2 border-b lg:grid-cols-5">
      <Figure
        label="Followers"
        value={formatCount(followers.value)}
        note={<Trend change={followers.change} against={`in ${data.days} days`} />}
        spark={followers.series.map((point) => point.value)}
      />
      <Figure
        label={`Engagements, ${data.days}d`}
        value={formatCount(engagements.value)}
        note={<Trend change={engagements.change} against="vs previous" />}
        spark={engagements.series.map((point) => point.value)}
      />
      <Figure
        label="Actions today"
        value={formatCount(today.used)}
        of={`of ${formatCount(today.limit)}`}
        note={
          share === null ? (
            <span className="text-ink-3">No active account</span>
          ) : (
            <>
              <Meter label="Actions today" value={today.used} max={today.limit} className="w-12 shrink-0" />
              <span className="truncate">{formatShare(Math.round(share * 100) / 100)} of budget</span>
            </>
          )
        }
      />
      <Figure
        label="Approved without edits"
        value={formatShare(plain.share)}
        note={
          plain.share === null ? (
            <span className="text-ink-3">Nothing approved yet</span>
          ) : (
            <Trend change={plain.change} against="vs previous" />
          )
        }
        spark={plain.series.map((point) => point.value)}
      />
      <Figure
        label="Fleet health"
        value={fleet_health.score === null ? NO_VALUE : formatCount(fleet_health.score)}
        of="of 100"
        note={
          <>
            {fleet_health.score === null ? null : (
              <Meter label="Fleet health" value={fleet_health.score} max={100} className="w-12 shrink-0" />
            )}
            <span className="truncate">{attention(fleet_health.need_attention)}</span>
          </>
        }
      />
    </ul>
  );
}
