/** An address from outside as a link target, or undefined unless it is http or https. */
export function safeHref(address: string | null | undefined): string | undefined {
  if (address === null || address === undefined) return undefined;
  return /^https?:\/\//i.test(address) ? address : undefined;
}
