import type { ActionDetail } from "@/api/types/actions";
import { formatInstant, formatMs } from "@/lib/format";
import { evidenceName, evidenceText } from "./words";

/** Each call to the platform, with what it answered. */
export function Attempts({ attempts }: { attempts: ActionDetail["attempts"] }) {
  if (attempts.length === 0) return <p className="text-ink-2">None yet: nothing has been sent.</p>;
  return (
    <ul className="flex flex-col gap-3">
      {attempts.map((attempt) => (
        <li key={attempt.n} className="rounded-lg border px-3.5 py-2.5">
          <p>
            <span className="font-medium">
              Attempt {attempt.n}: {(attempt.outcome ?? "running").replaceAll("_", " ")}
            </span>{" "}
            <span className="text-ink-2">
              {formatInstant(attempt.started_at)}
              {attempt.ended_at === null
                ? ""
                : `, ${formatMs(Date.parse(attempt.ended_at) - Date.parse(attempt.started_at))}`}
            </span>
          </p>
          {Object.keys(attempt.evidence).length === 0 ? null : (
            <dl className="mt-1 grid grid-cols-[minmax(6rem,max-content)_1fr] gap-x-4 gap-y-0.5">
              {Object.entries(attempt.evidence).map(([key, value]) => (
                <div key={key} className="contents">
                  <dt className="text-ink-3">{evidenceName(key)}</dt>
                  <dd className="min-w-0 font-mono text-xs leading-5 break-all">{evidenceText(value)}</dd>
                </div>
              ))}
            </dl>
          )}
        </li>
      ))}
    </ul>
  );
}
