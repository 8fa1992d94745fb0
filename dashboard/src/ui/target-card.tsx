import { ExternalLink } from "lucide-react";
import type { Person, TargetData } from "@/api/types/actions";
import { formatCompact } from "@/lib/format";
import { safeHref } from "@/lib/safe-href";
import { Avatar } from "./avatar";

export interface TargetCardProps {
  handle: string | null;
  data: TargetData;
}

/** The person or post that an action is about, as it was when the action was proposed. */
export function TargetCard({ handle, data }: TargetCardProps) {
  const { person, post } = data;
  const { name, at } = namesOf(handle, data);
  if (name === null) return null;
  const words = post?.text ?? person?.bio ?? "";
  const more = post === undefined && person !== undefined ? facts(person) : "";
  return (
    <div className="rounded-lg border bg-bg px-4 py-3">
      <div className="flex min-w-0 items-center gap-2">
        <Avatar name={name} size="sm" />
        <span className="flex min-w-0 gap-x-2 max-md:flex-col">
          <span className="truncate text-base font-medium">{name}</span>
          {at === null ? null : <span className="truncate text-ink-2">@{at}</span>}
        </span>
        <span className="ml-auto flex shrink-0 items-center gap-2 text-ink-2">
          <Followers count={person?.followers} />
          <OpenLink address={post?.url ?? person?.url} />
        </span>
      </div>
      {words === "" ? null : <p className="mt-1.5 text-base whitespace-pre-line text-ink-2">{words}</p>}
      {more === "" ? null : <p className="mt-1.5 text-xs text-ink-3">{more}</p>}
    </div>
  );
}

function Followers({ count }: { count: number | undefined }) {
  return count === undefined ? null : <span>{formatCompact(count)} followers</span>;
}

function OpenLink({ address }: { address: string | undefined }) {
  const href = safeHref(address);
  if (href === undefined) return null;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      title="Open on the platform"
      className="inline-flex size-6 items-center justify-center rounded-md hover:bg-raised hover:text-ink"
    >
      <ExternalLink aria-hidden="true" className="size-3.5" />
      <span className="sr-only">Open on the platform (new tab)</span>
    </a>
  );
}

/** A name to show and the handle beside it, which is left out when it says the same. */
function namesOf(handle: string | null, { person, post }: TargetData) {
  const found = person?.handle ?? post?.author ?? handle;
  const at = found === null ? null : found.replace(/^@/, "");
  const shown = person?.display_name ?? "";
  const name = shown !== "" ? shown : at;
  return { name, at: at === name ? null : at };
}

function facts({ posts, following, interests = [] }: Person): string {
  return [
    posts === undefined ? "" : `${formatCompact(posts)} posts`,
    following === undefined ? "" : `follows ${formatCompact(following)}`,
    interests.join(", "),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}
