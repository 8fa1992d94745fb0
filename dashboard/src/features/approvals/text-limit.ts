import type { ActionType, Platform } from "@/api/types/common";

/** How long a text may be, and how each platform counts it. Source: the platforms' documentation, 2026. */
const LIMITS: Record<Platform, Partial<Record<ActionType, number>>> = {
  tiktok: { comment: 150, reply: 150, publish_video: 2200, publish_image: 4000, publish_carousel: 4000 },
  instagram: {
    comment: 2200,
    reply: 2200,
    publish_image: 2200,
    publish_video: 2200,
    publish_carousel: 2200,
  },
  twitter: {
    comment: 280,
    reply: 280,
    quote: 280,
    publish_text: 280,
    publish_image: 280,
    publish_video: 280,
    publish_carousel: 280,
  },
};

export function textLimit(platform: Platform, type: ActionType): number | null {
  return LIMITS[platform][type] ?? null;
}

const LINK = /https?:\/\/\S+/giu;
const LINK_LENGTH = 23;
/** X counts these ranges once and everything else twice. */
const LIGHT_RANGES: readonly (readonly [number, number])[] = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
];

function weightOf(point: number): number {
  return LIGHT_RANGES.some(([from, to]) => point >= from && point <= to) ? 1 : 2;
}

/** The length as the platform counts it. X: a link is 23, an emoji or a CJK character 2. */
export function textLength(platform: Platform, text: string): number {
  const normal = text.normalize("NFC");
  if (platform !== "twitter") return Array.from(normal).length;
  const links = normal.match(LINK)?.length ?? 0;
  const rest = normal
    .replace(LINK, "")
    .replace(
      /\p{Extended_Pictographic}(\u200d\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier})*/gu,
      "\u{1F642}",
    );
  let sum = links * LINK_LENGTH;
  for (const letter of rest) sum += weightOf(letter.codePointAt(0) ?? 0);
  return sum;
}

const TYPED: ReadonlySet<ActionType> = new Set([
  "comment",
  "reply",
  "quote",
  "publish_text",
  "publish_image",
  "publish_video",
  "publish_carousel",
]);

/** Whether there are words to edit. */
export function hasText(type: ActionType): boolean {
  return TYPED.has(type);
}
