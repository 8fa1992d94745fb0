/** The browser's own time zone, as an IANA name. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Every zone the browser knows, with UTC and `chosen` always among them. */
export function zoneOptions(chosen: string): { value: string; label: string }[] {
  const names = new Set([...Intl.supportedValuesOf("timeZone"), "UTC", chosen]);
  names.delete("");
  return [...names].sort().map((value) => ({ value, label: value.replaceAll("_", " ") }));
}
