import { cx } from "@/lib/cx";

const SIZES = { sm: "size-6 text-[10px]", md: "size-7 text-2xs", lg: "size-9 text-xs" } as const;

/** "Kai Nakamura" → "KN", "quietinfra" → "Q". */
export function initialsOf(name: string): string {
  const words = name
    .replace(/^@/, "")
    .split(/[\s._-]+/u)
    .filter((word) => word !== "");
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => String.fromCodePoint((word ?? "?").codePointAt(0) ?? 63))
    .join("")
    .toUpperCase();
}

function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return sum;
}

export interface AvatarProps {
  name: string;
  size?: keyof typeof SIZES;
}

/** Initials on a quiet colour of the name's own. Decorative: the name stands beside it. */
export function Avatar({ name, size = "md" }: AvatarProps) {
  const hue = hueOf(name);
  return (
    <span
      aria-hidden="true"
      className={cx(
        "inline-flex shrink-0 items-center justify-center rounded-full font-semibold",
        SIZES[size],
      )}
      style={{
        background: `light-dark(oklch(0.92 0.03 ${hue}), oklch(0.3 0.04 ${hue}))`,
        color: `light-dark(oklch(0.38 0.07 ${hue}), oklch(0.85 0.06 ${hue}))`,
      }}
    >
      {initialsOf(name)}
    </span>
  );
}
