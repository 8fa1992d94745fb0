/** Numbers and instants as text, by Intl alone. Owns no clock: the caller says what now is. */
const LOCALE = "en";

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 1 });
const signedShare = new Intl.NumberFormat(LOCALE, {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});
const signedWhole = new Intl.NumberFormat(LOCALE, { signDisplay: "exceptZero", maximumFractionDigits: 0 });

export const NO_VALUE = "–";

/** 49308 → "49,308". */
export function formatCount(value: number | null): string {
  return value === null ? NO_VALUE : whole.format(value);
}

/** 7700 → "7.7K". */
export function formatCompact(value: number | null): string {
  return value === null ? NO_VALUE : compact.format(value);
}

/** 0.914 → "91.4%". */
export function formatShare(value: number | null): string {
  return value === null ? NO_VALUE : share.format(value);
}

/** 0.031 → "+3.1%". */
export function formatChange(value: number | null): string {
  return value === null ? NO_VALUE : signedShare.format(value);
}

/** 12 → "+12". */
export function formatSigned(value: number | null): string {
  return value === null ? NO_VALUE : signedWhole.format(value);
}

/** 1240 → "1,240 ms". */
export function formatMs(value: number | null): string {
  return value === null ? NO_VALUE : `${whole.format(value)} ms`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in at most two units: "45s", "9m", "5h 46m", "3d 4h". Negative counts as 0. */
export function formatDuration(seconds: number): string {
  const left = Math.max(0, Math.round(seconds));
  if (left < MINUTE) return `${left}s`;
  if (left < HOUR) return `${Math.floor(left / MINUTE)}m`;
  if (left < DAY) {
    const minutes = Math.floor((left % HOUR) / MINUTE);
    return minutes === 0 ? `${Math.floor(left / HOUR)}h` : `${Math.floor(left / HOUR)}h ${minutes}m`;
  }
  const hours = Math.floor((left % DAY) / HOUR);
  return hours === 0 ? `${Math.floor(left / DAY)}d` : `${Math.floor(left / DAY)}d ${hours}h`;
}

/** Age or wait in one unit, for dense rows: "4m" behind us, "in 3m" ahead. */
export function formatAge(instant: string, now: number): string {
  const seconds = (now - Date.parse(instant)) / 1000;
  if (!Number.isFinite(seconds)) return NO_VALUE;
  const size = Math.abs(seconds);
  const text =
    size < MINUTE
      ? `${Math.floor(size)}s`
      : size < HOUR
        ? `${Math.floor(size / MINUTE)}m`
        : size < DAY
          ? `${Math.floor(size / HOUR)}h`
          : `${Math.floor(size / DAY)}d`;
  return seconds < 0 ? `in ${text}` : text;
}

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });

/** The same in words: "4 minutes ago", "in 3 hours", "yesterday". */
export function formatRelative(instant: string, now: number): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  if (!Number.isFinite(seconds)) return NO_VALUE;
  const size = Math.abs(seconds);
  if (size < MINUTE) return relative.format(Math.trunc(seconds), "second");
  if (size < HOUR) return relative.format(Math.trunc(seconds / MINUTE), "minute");
  if (size < DAY) return relative.format(Math.trunc(seconds / HOUR), "hour");
  return relative.format(Math.trunc(seconds / DAY), "day");
}

/** "Nov 22" from an instant or a plain date. A plain date names a day anywhere, so it is read as UTC. */
export function formatDay(value: string, timeZone?: string): string {
  const zone = /^\d{4}-\d{2}-\d{2}$/.test(value) ? "UTC" : timeZone;
  return at(value, { month: "short", day: "numeric", ...(zone === undefined ? {} : { timeZone: zone }) });
}

/** A local hour, 0 to 24: "08:00". */
export function formatHour(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}

/** "Nov 22, 2025, 14:05". */
export function formatInstant(value: string, timeZone?: string): string {
  return at(value, {
    dateStyle: "medium",
    timeStyle: "short",
    hourCycle: "h23",
    ...(timeZone === undefined ? {} : { timeZone }),
  });
}

/** "14:05". */
export function formatTime(value: string, timeZone?: string): string {
  return at(value, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(timeZone === undefined ? {} : { timeZone }),
  });
}

function at(value: string, options: Intl.DateTimeFormatOptions): string {
  const instant = new Date(value);
  if (Number.isNaN(instant.getTime())) return NO_VALUE;
  return new Intl.DateTimeFormat(LOCALE, options).format(instant);
}
